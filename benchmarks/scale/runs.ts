import * as z from 'zod';
import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { dataApiTurns } from '../../src/warehouse/data-api-turns.ts';
import type { Warehouse } from '../../src/warehouse/warehouse.ts';
import { type Ended, StateMachine } from '../../test/simulation/engine/state-machine.ts';
import { createReaperWarehouse } from '../../test/simulation/server/reaper-warehouse.ts';
import { REAP_MACHINE } from '../../test/simulation/world/executions.ts';
import { createMailbox } from '../../test/simulation/world/mailbox.ts';
import { PORT_ERRORS } from '../../test/simulation/world/port-errors.ts';
import { REAPER_STEPS } from '../../test/simulation/world/reaper-steps.ts';
import { createRecordingPoolMetrics } from '../../test/support/recording-pool-metrics.ts';
import { LambdaFleet } from './account/lambda-fleet.ts';
import type { Operation } from './account/metering-account.ts';
import { RateMeter } from './account/rate-meter.ts';
import { SdkClient, Throttled } from './account/sdk-client.ts';
import { ASSUMED } from './assumptions.ts';
import type { Region } from './region.ts';

const DESCRIBE = 'arn:aws:states:::aws-sdk:redshiftdata:describeStatement';
const REAPER_USER = 'slotkeeper';

const invocation = z.object({
  FunctionName: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
  Payload: z.unknown(),
});
const statementRef = z.object({ Id: z.string() });

/** What a function keeps from one invocation to the next. */
interface Container {
  readonly client: SdkClient;
  readonly table: SessionTable;
}

/** Executions of the reaper's state machine, with the functions as they are deployed. */
export interface Runs {
  readonly fleet: LambdaFleet<Container>;
  readonly started: RateMeter;
  readonly transitions: RateMeter;
  /** Invocations, messages to owners and events on the bus since the last reset. */
  readonly counts: { invocations: number; messages: number; events: number };
  /** @param more what the input has besides target and `dryRun: false` */
  start(target: string, more?: Readonly<Record<string, unknown>>): Promise<Ended>;
  reset(): void;
}

export interface RunsOptions {
  /** How many targets a function's stack has: its processes divide the account's rates by that. */
  readonly targetsOfStack: number;
  /** How often a call is tried. */
  readonly attempts: number;
}

export function createRuns(region: Region, { targetsOfStack, attempts }: RunsOptions): Runs {
  const { scheduler, account, sites, sleep } = region;
  const clock = { now: () => scheduler.now, sleep };
  let sequence = 0;
  const newFleet = () =>
    new LambdaFleet(
      () => {
        const turns = dataApiTurns(targetsOfStack, clock);
        const client = new SdkClient({
          ...{ account, caller: 'runs', random: scheduler.random.next, sleep, latencyMs: ASSUMED.dataApi },
          maxAttempts: attempts,
          turn: (operation) => turns(`${operation}Command`),
        });
        return { client, table: region.openTable() };
      },
      sleep,
      ASSUMED.coldStart,
    );
  const fleet = newFleet();
  const counts = { invocations: 0, messages: 0, events: 0 };
  const meters = { started: new RateMeter(clock.now), transitions: new RateMeter(clock.now) };
  const owners = createMailbox(scheduler, 'owner-message');
  const operators = createMailbox(scheduler, 'operator-message');

  const portsOf = ({ client, table }: Container, runId: string): ReaperPorts => ({
    config: region.config,
    table,
    pool: region.pool,
    warehouseOf: ({ name }) => meteredWarehouse(region, client, name, runId),
    owners: {
      address: owners.address,
      audienceOf: owners.port.audienceOf,
      publish: async (message) => {
        counts.messages += 1;
        return await owners.port.publish(message);
      },
    },
    operators: { address: operators.address, ...operators.port },
    events: {
      publish: async (events) => {
        counts.events += events.length;
        return { failed: 0 };
      },
    },
    metrics: { record: () => undefined },
    poolMetricsOf: () => createRecordingPoolMetrics(),
    now: region.now,
  });

  async function runTask(target: string, runId: string, resource: string, input: unknown): Promise<unknown> {
    await sleep(ASSUMED.invoke);
    if (resource === 'arn:aws:states:::lambda:invoke') {
      const { FunctionName, Payload } = invocation.parse(input);
      const [name] = FunctionName['Fn::GetAtt'];
      counts.invocations += 1;
      return await fleet.invoke(name, async (container) => {
        const result = await REAPER_STEPS[name]?.run(portsOf(container, runId), JSON.parse(JSON.stringify(Payload)));
        return { Payload: JSON.parse(JSON.stringify(result ?? null)) as unknown };
      });
    }
    // The service itself calls: nobody paces it, and nobody tries again but the state machine's own retries.
    const { Id } = statementRef.parse(input);
    const operation = resource === DESCRIBE ? 'DescribeStatement' : 'CancelStatement';
    await sleep(ASSUMED.dataApi);
    if (!account.admits('runs', operation)) {
      throw Object.assign(new Error('Rate exceeded.'), { name: 'RedshiftData.ThrottlingException' });
    }
    const warehouse = plainWarehouse(region, target, runId);
    if (operation === 'CancelStatement') {
      await warehouse.cancel(Id);
      return { Status: true };
    }
    const { status, error } = await warehouse.describe(Id);
    return { Id, Status: status, ...(error === null ? {} : { Error: error }) };
  }

  return {
    fleet,
    counts,
    get started() {
      return meters.started;
    },
    get transitions() {
      return meters.transitions;
    },
    reset() {
      meters.started = new RateMeter(clock.now);
      meters.transitions = new RateMeter(clock.now);
      Object.assign(counts, { invocations: 0, messages: 0, events: 0 });
      fleet.reset();
    },
    async start(target, more = {}) {
      if (!sites.has(target)) {
        throw new Error(`Expected a target of the region, got ${target}.`);
      }
      sequence += 1;
      const runId = `run-${sequence}`;
      const Execution = {
        Id: `arn:aws:states:us-east-1:000000000000:execution:${runId}`,
        Name: runId,
        StartTime: region.now().toISOString(),
      };
      meters.started.add();
      const machine = new StateMachine(
        scheduler,
        { Execution },
        (resource, input) => runTask(target, runId, resource, input),
        () => meters.transitions.add(),
      );
      return await machine.run(REAP_MACHINE, { target, dryRun: false, ...more } as never);
    },
  };
}

function plainWarehouse({ sites }: Region, target: string, runId: string): Warehouse {
  const site = sites.get(target);
  if (site === undefined) {
    throw new Error(`Expected a target of the region, got ${target}.`);
  }
  return createReaperWarehouse(site.api, REAPER_USER, `run:${runId}`);
}

/** The warehouse as a function reaches it: through its SDK client and the account's door. */
function meteredWarehouse(region: Region, client: SdkClient, target: string, runId: string): Warehouse {
  const { scheduler, sleep } = region;
  const plain = plainWarehouse(region, target, runId);
  const send = async <T>(operation: Operation, effect: () => Promise<T>): Promise<T> => {
    try {
      return await client.send(operation, effect);
    } catch (error) {
      throw error instanceof Throttled ? PORT_ERRORS.warehouse.throttled(operation) : error;
    }
  };
  return {
    submit: (statement) =>
      send('ExecuteStatement', async () => {
        if (statement.session.kind !== 'reuse') {
          await sleep(scheduler.random.between(ASSUMED.connectLeast, ASSUMED.connectMost));
        }
        return await plain.submit(statement);
      }),
    describe: (id) => send('DescribeStatement', () => plain.describe(id)),
    fetchRows: (id) => send('GetStatementResult', () => plain.fetchRows(id)),
    cancel: (id) => send('CancelStatement', () => plain.cancel(id)),
  };
}
