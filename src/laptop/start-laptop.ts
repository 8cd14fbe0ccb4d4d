import { join } from 'node:path';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createSessionTable } from '../../local/dynamodb/create-session-table.ts';
import { createDynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';
import { ShutdownList } from '../../local/shutdown-list.ts';
import type { Execution } from '../../local/step-functions/execution.ts';
import { lambdaInvokeIntegration } from '../../local/step-functions/lambda-integration.ts';
import { loadStateMachines } from '../../local/step-functions/load-state-machine.ts';
import { StateMachineRuntime } from '../../local/step-functions/state-machine-runtime.ts';
import { TaskIntegrations } from '../../local/step-functions/task-integrations.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import type { SessionPoolTable } from '../pool/session-pool-table.ts';
import { createDynamoDbSessionPoolTable } from '../session-table/dynamodb-session-pool-table.ts';
import { createDynamoDbSessionTable } from '../session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { openDataFolder } from './data-folder.ts';
import { deleteExpiredItems } from './delete-expired-items.ts';
import { endAsFailed } from './end-as-failed.ts';
import { createInProcessDynamoDb } from './in-process-dynamodb.ts';
import { createInProcessSteps, type Step } from './in-process-steps.ts';

const TABLE = 'slotkeeper-laptop-sessions';

/** @typeParam Ports what the steps need of the world */
export interface LaptopOptions<Ports> {
  /** What runs remember is kept there. */
  readonly dataFolder: string;
  /** How long to wait for another process to give the folder back, milliseconds. */
  readonly waitMs: number;
  /** Gives up waiting for it. */
  readonly signal?: AbortSignal;
  /** How long ended items stay in the table, seconds. */
  readonly retentionSeconds: number;
  /** Folder of the state machines, and the file (without `.asl.json`) of the one to run. */
  readonly stateMachines: string;
  readonly machine: string;
  /** By key of `serverless.yml`. */
  readonly steps: Readonly<Record<string, Step<Ports>>>;
  /** The rest of a run's world, around the tables. */
  readonly portsOf: (tables: { readonly table: SessionTable; readonly pool: SessionPoolTable }) => Ports;
}

/** State machine, steps and table in this process; nothing listens on the machine. */
export interface Laptop {
  readonly table: SessionTable;
  readonly pool: SessionPoolTable;
  readonly stateMachineArn: string;
  start(name: string, input: string): Execution;
  execution(arn: string): Execution;
  /**
   * Ends the executions that run, waits for the step that is at work, and lets each end as a failed run: on record, and
   * its lock given back.
   *
   * @returns the names of the runs that were ended so
   */
  interrupt(): Promise<readonly string[]>;
  /** Ends everything, and gives the data folder back. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts what a run needs beside the server that it is about.
 *
 * @throws DataFolderInUse DataFolderUnusable, or the signal's reason
 */
export async function startLaptop<Ports>(options: LaptopOptions<Ports>): Promise<Laptop> {
  const shutdown = new ShutdownList();
  try {
    return await start(options, shutdown);
  } catch (error) {
    await shutdown.run();
    throw error;
  }
}

async function start<Ports>(options: LaptopOptions<Ports>, shutdown: ShutdownList): Promise<Laptop> {
  const folder = await openDataFolder(options.dataFolder, options.waitMs, options.signal);
  shutdown.add(folder.release);
  const service = createDynamoDbService(join(folder.path, 'table'));
  shutdown.add(service.stop);
  const client = createInProcessDynamoDb(service);
  shutdown.add(() => client.destroy());
  await createSessionTable(client, TABLE);
  const documents = DynamoDBDocumentClient.from(client);
  await deleteExpiredItems({ client: documents, tableName: TABLE, folder: folder.path, now: new Date() });

  const { retentionSeconds } = options;
  const tableOptions = { client: documents, tableName: TABLE, retentionSeconds, now: () => new Date() };
  const table = createDynamoDbSessionTable(tableOptions);
  const pool = createDynamoDbSessionPoolTable(tableOptions);
  const steps = createInProcessSteps(options.steps, options.portsOf({ table, pool }));
  const [machine] = await loadStateMachines({
    directory: options.stateMachines,
    only: [options.machine],
    examine: false,
    machineName: (file) => `slotkeeper-laptop-${file}`,
    references: steps.arns,
    integrations: new TaskIntegrations({ 'arn:aws:states:::lambda:invoke': lambdaInvokeIntegration(steps) }, {}),
    pace: 1,
  });
  if (machine === undefined) {
    throw new Error(`Expected ${options.machine}.asl.json in ${options.stateMachines}, which is not there.`);
  }
  const executions = new StateMachineRuntime([machine], new VirtualClock());
  shutdown.add(steps.settled);
  shutdown.add(() => executions.stop());

  return {
    table,
    pool,
    stateMachineArn: machine.arn,
    start: (name, input) => executions.start({ stateMachineArn: machine.arn, name, input }),
    execution: (arn) => executions.execution(arn),
    async interrupt() {
      const running = executions.executions().filter(({ status }) => status === 'RUNNING');
      await Promise.all(running.map((execution) => execution.stop()));
      await steps.settled();
      const failRun = steps.arns.get('failRun') ?? '';
      const ended: string[] = [];
      for (const execution of running) {
        if (await endAsFailed(execution, table, (payload) => steps.invoke(failRun, JSON.stringify(payload)))) {
          ended.push(execution.name);
        }
      }
      return ended;
    },
    stop: () => shutdown.run(),
  };
}
