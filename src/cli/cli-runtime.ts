import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { loadConfig } from '../config/load-config.ts';
import type { SlotkeeperConfig } from '../config/slotkeeper-config.ts';
import { type DataApiTarget, isDataApiTarget } from '../config/target-config.ts';
import type { SessionPoolTable } from '../pool/session-pool-table.ts';
import { createDynamoDbSessionPoolTable } from '../session-table/dynamodb-session-pool-table.ts';
import { createDynamoDbSessionTable } from '../session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { createPostgresOpener, type OpenDirect } from '../warehouse/create-postgres-opener.ts';
import { createDataApiWarehouse } from '../warehouse/data-api-warehouse.ts';
import { createPostgresPasswords } from '../warehouse/postgres-passwords.ts';
import { shareDataApiRates } from '../warehouse/share-data-api-rates.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { createAwsStackServices } from './deployment/aws-stack-services.ts';
import { type Deployment, tableOfDeployment } from './deployment/deployment.ts';
import type { Deployments } from './deployment/deployments.ts';
import { createStackDeployments } from './deployment/stack-deployments.ts';
import type { StackServices } from './deployment/stack-services.ts';
import type { Executions } from './executions.ts';
import type { RunDocument } from './json/run-document.ts';
import { createSfnExecutions } from './sfn-executions.ts';

/** What commands say where a URL takes the place of a deployment. */
export interface ByUrl {
  /** The options that name the same world again, e.g. `--url postgres://ops@db.example.com/app`. */
  readonly again: string;
  /** By what it judges, and where things are kept. */
  readonly judgedBy: NonNullable<RunDocument['judgedBy']>;
  /** What holds without anybody having deployed it, as `name, value` lines: the policy, and where things are kept. */
  readonly facts: readonly (readonly [name: string, value: string])[];
}

/** What the commands need from the world. */
export interface CliRuntime {
  readonly config: SlotkeeperConfig;
  readonly configPath: string;
  readonly deployments: Deployments;
  readonly services: StackServices;
  readonly executions: Executions;
  /** @throws OutputMissing */
  readonly tableOf: (deployment: Deployment) => SessionTable;
  /** @throws OutputMissing */
  readonly poolTableOf: (deployment: Deployment) => SessionPoolTable;
  readonly warehouseOf: (target: DataApiTarget) => Warehouse;
  /** Connects to a PostgreSQL target from this machine. */
  readonly openDirect: OpenDirect;
  readonly now: () => Date;
  /** Milliseconds. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** What a command says about a server that its URL names; absent: it is about a deployment. */
  readonly byUrl?: ByUrl;
  /** Lets go of what is open, so that the process can end; a run that is under way is ended first. */
  readonly close: () => void | Promise<void>;
}

/** What every command accepts to say where it speaks to. */
export interface RuntimeOptions {
  readonly config: string;
  readonly region?: string;
  readonly profile?: string;
  readonly url?: string;
}

/**
 * The command line's composition root: adapters on AWS clients, which go wherever AWS_ENDPOINT_URL and the AWS
 * configuration point to.
 *
 * @throws InvalidConfig and what else `loadConfig` throws
 */
export function openCliRuntime(options: RuntimeOptions): CliRuntime {
  const config = loadConfig(options.config);
  const where = {
    ...(options.region === undefined ? {} : { region: options.region }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
  };
  const cloudFormation = new CloudFormationClient(where);
  const dynamoDb = new DynamoDBClient(where);
  const documents = DynamoDBDocumentClient.from(dynamoDb);
  const redshiftData = new RedshiftDataClient(where);
  shareDataApiRates(redshiftData, Object.values(config.targets).filter(isDataApiTarget).length);
  const sfn = new SFNClient(where);
  const events = new EventBridgeClient(where);
  const sns = new SNSClient(where);
  const now = () => new Date();
  const tableOptions = (deployment: Deployment) => ({
    client: documents,
    tableName: tableOfDeployment(deployment),
    retentionSeconds: config.runs.retention,
    now,
  });
  return {
    config,
    configPath: options.config,
    deployments: createStackDeployments(cloudFormation),
    services: createAwsStackServices({ events, sns, now }),
    executions: createSfnExecutions(sfn),
    tableOf: (deployment) => createDynamoDbSessionTable(tableOptions(deployment)),
    poolTableOf: (deployment) => createDynamoDbSessionPoolTable(tableOptions(deployment)),
    warehouseOf: (target) => createDataApiWarehouse({ client: redshiftData, target }),
    openDirect: createPostgresOpener(createPostgresPasswords(() => process.env['PGPASSWORD'] || null)),
    now,
    sleep: (ms) => sleep(ms),
    close: () => {
      for (const client of [cloudFormation, dynamoDb, events, redshiftData, sfn, sns]) {
        client.destroy();
      }
    },
  };
}
