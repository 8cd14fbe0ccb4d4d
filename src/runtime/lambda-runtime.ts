import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { loadConfig } from '../config/load-config.ts';
import { isDataApiTarget } from '../config/target-config.ts';
import { createEventBridgePublisher } from '../messaging/event-bridge-publisher.ts';
import { METRIC_NAMESPACE } from '../messaging/metric-names.ts';
import { createPowertoolsPoolMetrics } from '../messaging/powertools-pool-metrics.ts';
import { createPowertoolsRunMetrics } from '../messaging/powertools-run-metrics.ts';
import { createSnsNoticeChannel } from '../messaging/sns-notice-channel.ts';
import { MACHINE_CLOCK } from '../pacing/machine-clock.ts';
import type { ReaperPorts } from '../reaper/reaper-ports.ts';
import { createDynamoDbSessionPoolTable } from '../session-table/dynamodb-session-pool-table.ts';
import { createDynamoDbSessionTable } from '../session-table/dynamodb-session-table.ts';
import { createTablePace } from '../session-table/table-pace.ts';
import { countDataApiCalls } from '../warehouse/count-data-api-calls.ts';
import { DATA_API_ATTEMPTS } from '../warehouse/data-api-attempts.ts';
import { createDataApiWarehouse } from '../warehouse/data-api-warehouse.ts';
import { shareDataApiRates } from '../warehouse/share-data-api-rates.ts';
import { readLambdaEnvironment } from './lambda-environment.ts';

let ports: ReaperPorts | undefined;
let takeDataApiCalls = () => 0;

/**
 * The composition root of the functions: the only place where they get their AWS clients. Built at the first call and
 * kept while the container lives, so that connections are reused. Region, credentials and `AWS_ENDPOINT_URL` are read
 * by the SDK itself.
 *
 * @throws EnvironmentIncomplete, InvalidConfig when it cannot be built; the next call tries again
 */
export function lambdaRuntime(): ReaperPorts {
  ports ??= composePorts();
  return ports;
}

/** Measures the Data API calls of an invocation that is over. @param target null: the payload named none */
export function measureDataApiCalls(target: string | null): void {
  const calls = takeDataApiCalls();
  if (calls > 0 && target !== null) {
    ports?.metrics.record(target, { DataApiCalls: calls });
  }
}

function composePorts(): ReaperPorts {
  const environment = readLambdaEnvironment(process.env);
  const config = loadConfig(environment.configPath);
  const now = () => new Date();
  // Whoever sets the SDK's own variable knows better.
  const attempts = process.env['AWS_MAX_ATTEMPTS'] ? {} : { maxAttempts: DATA_API_ATTEMPTS };
  const redshift = new RedshiftDataClient(attempts);
  takeDataApiCalls = countDataApiCalls(redshift);
  shareDataApiRates(redshift, Object.values(config.targets).filter(isDataApiTarget).length);
  const sns = new SNSClient({});
  const sessionTable = {
    client: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    tableName: environment.tableName,
    retentionSeconds: config.runs.retention,
    now,
  };
  return {
    config,
    table: createDynamoDbSessionTable({ ...sessionTable, pace: createTablePace(MACHINE_CLOCK) }),
    pool: createDynamoDbSessionPoolTable(sessionTable),
    warehouseOf: (target) => createDataApiWarehouse({ client: redshift, target }),
    owners: createSnsNoticeChannel({ client: sns, topicArn: environment.ownersTopicArn, now }),
    operators: createSnsNoticeChannel({ client: sns, topicArn: environment.operatorsTopicArn, now }),
    events: createEventBridgePublisher({
      client: new EventBridgeClient({}),
      busName: environment.eventBus,
      source: 'slotkeeper',
    }),
    metrics: createPowertoolsRunMetrics({ namespace: METRIC_NAMESPACE }),
    poolMetricsOf: ({ name, pool }) =>
      createPowertoolsPoolMetrics({
        namespace: METRIC_NAMESPACE,
        target: name,
        tenantDimension: pool?.metrics.tenantDimension ?? false,
      }),
    now,
  };
}
