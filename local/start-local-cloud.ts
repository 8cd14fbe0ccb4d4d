import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { stackNameOf } from '../src/deployment/stack-outputs.ts';
import { openDataFolder } from '../src/laptop/data-folder.ts';
import { clientEnvironment } from './client-environment.ts';
import { cloudIntegrations, deliverTo } from './cloud-integrations.ts';
import { ACCOUNT_ID, arnOf, cloudNames, LOCAL_CREDENTIALS, REGION } from './cloud-names.ts';
import { cloudFormationService } from './cloudformation/cloudformation-service.ts';
import { localOutputs } from './cloudformation/local-outputs.ts';
import { ClockAlarms } from './data-api/clock-alarms.ts';
import { createDataApi } from './data-api/create-data-api.ts';
import { dataApiService } from './data-api-service.ts';
import { createSessionTable } from './dynamodb/create-session-table.ts';
import { createDynamoDbService } from './dynamodb/dynamodb-service.ts';
import { eventBridgeService } from './event-bridge/event-bridge-service.ts';
import { EventBus } from './event-bridge/event-bus.ts';
import { FaultPlan } from './faults/fault-plan.ts';
import { dataApiFault, deliveredAsPlanned, interfere, invocationFault } from './faults/planned-faults.ts';
import type { AwsService } from './http/aws-service.ts';
import { CallCounts } from './http/call-counts.ts';
import { startEndpoint } from './http/start-endpoint.ts';
import { ContainerPool } from './lambda/container-pool.ts';
import { readFunctions } from './lambda/function-catalog.ts';
import { FUNCTION_URL_ROOT, functionUrlService } from './lambda/function-url-service.ts';
import { createLambdaService } from './lambda/lambda-service.ts';
import { LatencyPlan } from './latencies/latency-plan.ts';
import type { CloudLogEntry, LocalCloud, LocalCloudOptions } from './local-cloud.ts';
import { createMessagingServices } from './messaging/messaging-service.ts';
import { putPoolRules } from './put-pool-rules.ts';
import { putScheduleRules, readConfigFile } from './put-schedule-rules.ts';
import { QUERY_API_ROOT, queryApiService } from './query-api/query-api-service.ts';
import { startRedshift } from './redshift/start-redshift.ts';
import { createSecretsService } from './secrets/secrets-service.ts';
import { ShutdownList } from './shutdown-list.ts';
import { loadStateMachines } from './step-functions/load-state-machine.ts';
import { StateMachineRuntime } from './step-functions/state-machine-runtime.ts';
import { stepFunctionsService } from './step-functions/step-functions-service.ts';
import { VirtualClock } from './virtual-clock.ts';

const CLUSTER = 'local';

/** The function that has a URL, by its name there. */
const SNOOZE_FUNCTION = 'snooze-session';
const WORKGROUP = 'local-serverless';

/**
 * Starts the embedded cloud: one AWS endpoint and one PostgreSQL server, both on loopback only.
 *
 * @throws PortInUseError when a port is taken; DataFolderInUse when another one has the data folder; InvalidConfig when
 *   the configuration is wrong; whatever the parts throw.
 *   Everything that was started before is ended then.
 */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const shutdown = new ShutdownList();
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start(options: LocalCloudOptions, shutdown: ShutdownList): Promise<LocalCloud> {
  const clock = options.clock ?? new VirtualClock();
  const stage = options.stage ?? 'local';
  const names = cloudNames(stage);
  const log = options.log ?? logFailures;
  const calls = new CallCounts();
  const faults = new FaultPlan(options.faults);
  const latencies = new LatencyPlan();
  const configPath = resolve(options.configPath ?? 'slotkeeper.yml');
  const config = readConfigFile(configPath, options.configPath !== undefined);
  const targets = Object.values(config?.targets ?? {});
  const api = config?.api ?? null;
  const topicArn = arnOf('sns', names.ownersTopic);
  const operatorsTopicArn = arnOf('sns', names.operatorsTopic);

  const dataDir = options.dataDir === undefined ? undefined : resolve(options.dataDir);
  if (dataDir !== undefined) {
    // Made for everyone to enter: PostgreSQL may have to run as another user.
    await mkdir(dataDir, { recursive: true });
    shutdown.add((await openDataFolder(dataDir, 0)).release);
  }
  const dynamodb = createDynamoDbService(await tableDirectory(dataDir));
  shutdown.add(dynamodb.stop);
  const messaging = await createMessagingServices(() => new URL(endpoint.url).host);
  shutdown.add(messaging.stop);
  const endpoint = await startEndpoint({
    port: options.port ?? 4566,
    calls,
    interfere: async (call, request, response) => {
      await latencies.beforeCall(call.split('.')[0] ?? '');
      return interfere(faults, call, request, response, {
        port: endpoint.port,
        crashContainers: () => pool.crashAll(),
        crashServer: () => redshift.crash(),
        sleep,
      });
    },
    onFault: (error) => log({ source: 'endpoint', text: describe(error) }),
  });
  shutdown.add(endpoint.stop);
  const alarms = new ClockAlarms(clock, (error) => log({ source: 'endpoint', text: describe(error) }));
  const sleep = (ms: number) => alarms.after(ms);
  shutdown.add(() => alarms.stop());

  const redshift = await startRedshift({
    port: options.postgresPort ?? 5439,
    clock,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(options.maxConnections === undefined ? {} : { maxConnections: options.maxConnections }),
  });
  shutdown.add(redshift.stop);
  const dataApi = createDataApi({
    redshift,
    clock,
    clusterIdentifier: CLUSTER,
    workgroupName: WORKGROUP,
    region: REGION,
    accountId: ACCOUNT_ID,
    publishEvent: async (event) => events.accept(event),
    ...(options.quotas === undefined ? {} : { quotas: options.quotas }),
    latencies: { call: () => latencies.ofDataApiCall(), connection: () => latencies.ofConnection() },
    planFault: (operation) => dataApiFault(faults.take(`redshift-data.${operation}`), () => pool.crashAll()),
    onBackgroundError: (error) => log({ source: 'data-api', text: describe(error) }),
  });
  shutdown.add(dataApi.close);

  const secrets = createSecretsService();
  const environment = clientEnvironment(endpoint.url);
  const snoozeUrl = `${endpoint.url}${FUNCTION_URL_ROOT}/${SNOOZE_FUNCTION}/`;
  const pool = new ContainerPool({
    limit: options.maxContainers ?? 4,
    clock,
    environment: {
      ...environment,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      TZ: 'UTC',
      POWERTOOLS_SERVICE_NAME: 'slotkeeper',
      POWERTOOLS_METRICS_NAMESPACE: 'Slotkeeper',
      SLOTKEEPER_CONFIG: configPath,
      SLOTKEEPER_STAGE: stage,
      SLOTKEEPER_TABLE: names.table,
      SLOTKEEPER_OWNERS_TOPIC_ARN: topicArn,
      SLOTKEEPER_OPERATORS_TOPIC_ARN: operatorsTopicArn,
      SLOTKEEPER_SNOOZE_URL: snoozeUrl,
      SLOTKEEPER_SNOOZE_SECRET_ARN: secrets.create(names.snoozeKey),
      ...options.functionEnvironment,
    },
    log: (text) => log({ source: 'lambda', text }),
  });
  shutdown.add(() => pool.stop());
  pool.setClockSkew((options.faults?.clockSkew ?? 0) * 1000);
  const lambda = createLambdaService({
    functions: await readFunctions(options.functionsDirectory ?? besideThis('functions'), names.functionName),
    pool,
    timeoutMs: (options.functionTimeoutSeconds ?? 120) * 1000,
    planFault: (key) => invocationFault(faults.take('lambda.Invoke', { function: key }), () => redshift.crash()),
    sleep,
    onAsyncFailure: (name, error) => log({ source: 'lambda', text: `${name} failed: ${describe(error)}` }),
  });

  const client = { endpoint: endpoint.url, region: REGION, credentials: LOCAL_CREDENTIALS };
  const sns = new SNSClient(client);
  shutdown.add(() => sns.destroy());
  const machines = await loadStateMachines({
    directory: options.stateMachinesDirectory ?? besideThis('state-machines'),
    machineName: names.stateMachine,
    references: new Map([
      ...lambda.functions.all.map((one) => [one.key, one.arn] as const),
      ['OwnersTopic', topicArn],
      ['OperatorsTopic', operatorsTopicArn],
      ['SessionTable', names.table],
    ]),
    integrations: cloudIntegrations({ lambda, dataApi, sns, calls }),
    pace: options.waitPace ?? 1,
  });
  const executions = new StateMachineRuntime(machines, clock);
  shutdown.add(() => executions.stop());
  const events = new EventBus({
    clock,
    deliver: deliveredAsPlanned(faults, deliverTo({ lambda, sns, executions: () => executions }), sleep),
    onDeliveryFailure: (rule, target, error) =>
      log({ source: 'event-bridge', text: `Rule ${rule} could not reach ${target}: ${describe(error)}` }),
    ...(options.scheduleTimers === undefined ? {} : { timers: options.scheduleTimers }),
  });
  shutdown.add(() => events.stop());

  const stateMachines = Object.fromEntries(machines.map((machine) => [machine.name, machine.arn]));
  const outputs = localOutputs(names, {
    ...{ targets, stateMachines, snoozeUrl },
    queryApiUrl: api === null ? null : `${endpoint.url}${QUERY_API_ROOT}/query`,
    runQueryFunction: lambda.functions.all.find(({ key }) => key === 'runQuery')?.name ?? null,
  });
  const services: readonly AwsService[] = [
    dataApiService(dataApi),
    dynamodb,
    stepFunctionsService(executions, clock.now()),
    eventBridgeService(events),
    lambda,
    functionUrlService(lambda, new Map([[SNOOZE_FUNCTION, 'snoozeSession']])),
    ...(api === null ? [] : [queryApiService(lambda, api, () => clock.now())]),
    secrets,
    cloudFormationService({ name: stackNameOf(stage), outputs, createdAt: clock.now() }),
    ...messaging.services,
  ];
  latencies.know(services.map(({ name }) => name));
  faults.know({
    operations: [
      'events.Deliver',
      ...services.flatMap(({ name, operations }) => operations.map((operation) => `${name}.${operation}`)),
    ],
    functions: lambda.functions.all.map(({ key }) => key),
  });
  endpoint.serve(services);
  await messaging.createTopicWithInbox(names.ownersTopic);
  await messaging.createTopicWithInbox(names.operatorsTopic);
  const tables = new DynamoDBClient(client);
  await createSessionTable(tables, names.table).finally(() => tables.destroy());
  putScheduleRules(events, names, targets, options.schedules ?? true);
  putPoolRules(
    events,
    names,
    lambda.functions.all,
    (options.schedules ?? true) && targets.some(({ pool }) => pool !== null),
  );
  calls.reset();

  return {
    endpoint: endpoint.url,
    port: endpoint.port,
    postgres: { host: redshift.host, port: redshift.port, database: redshift.database, user: redshift.superuser },
    region: REGION,
    accountId: ACCOUNT_ID,
    clusterIdentifier: CLUSTER,
    workgroupName: WORKGROUP,
    database: redshift.database,
    stage,
    stateMachines,
    table: names.table,
    topicArn,
    operatorsTopicArn,
    environment,
    clock,
    redshift,
    dataApi,
    lambda,
    events,
    executions,
    calls,
    faults,
    latencies,
    inbox: (topic) => messaging.inbox(topic === 'owners' ? names.ownersTopic : names.operatorsTopic),
    failNextPublishes: messaging.failNextPublishes,
    stop: () => shutdown.run(),
  };
}

/** A folder of this package, which is one up from this file in the checkout and in the built package. */
function besideThis(folder: string): string {
  return fileURLToPath(new URL(`../${folder}/`, import.meta.url));
}

async function tableDirectory(dataDir: string | undefined): Promise<string | undefined> {
  if (dataDir === undefined) {
    return undefined;
  }
  const directory = join(dataDir, 'dynamodb');
  await mkdir(directory, { recursive: true });
  return directory;
}

function logFailures(entry: CloudLogEntry): void {
  if (entry.source !== 'lambda') {
    process.emitWarning(entry.text, 'EmbeddedCloudWarning');
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : JSON.stringify(error);
}
