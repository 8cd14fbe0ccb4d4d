import type { SlotkeeperConfig, TargetConfig } from '../../src/config/slotkeeper-config.ts';
import type { PostgresTarget, RedshiftTarget } from '../../src/config/target-config.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { DEFAULT_SNOOZE_BOUNDS, type SnoozeBounds } from '../../src/policy/snooze-bounds.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import type { PostgresReaperPorts } from '../../src/reaper/postgres-reaper-ports.ts';
import { createMemorySessionPoolTable } from '../../src/session-table/memory-session-pool-table.ts';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import type { RunRecord } from '../../src/session-table/run-record.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { examplePostgresTarget } from './example-postgres-target.ts';
import { exampleTarget } from './example-target.ts';
import { createRecordingEventPublisher, type RecordingEventPublisher } from './recording-event-publisher.ts';
import { createRecordingNoticeChannel, type RecordingNoticeChannel } from './recording-notice-channel.ts';
import { createRecordingPoolMetrics, type RecordingPoolMetrics } from './recording-pool-metrics.ts';
import { createRecordingRunMetrics, type RecordingRunMetrics } from './recording-run-metrics.ts';
import { createSimulatedDirect, type SimulatedDirect } from './simulated-direct-warehouse.ts';
import { createSimulatedRedshift, type SimulatedRedshift } from './simulated-redshift.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

export const TARGET = 'analytics';

/** Warned after 30 minutes, ended after an hour, 15 minutes after the warning at the earliest. */
export const EVERYONE: Rule = {
  name: 'everyone',
  match: {},
  keep: false,
  warnAfter: 1800,
  terminateAfter: 3600,
  grace: 900,
  notice: 'owner',
  owner: null,
};

/** Ended after an hour without a warning. */
export const UNWARNED: Rule = {
  ...EVERYONE,
  name: 'scratch-users',
  match: { user: ['scratch*'] },
  warnAfter: null,
  notice: 'none',
};

/** Everything around a run, in memory, on one clock. */
export interface ReaperWorld {
  readonly clock: TestClock;
  /** The simulated server, whichever engine it plays. */
  readonly redshift: SimulatedRedshift;
  /** The way to it that PostgreSQL has. */
  readonly direct: SimulatedDirect;
  readonly table: SessionTable;
  readonly pool: SessionPoolTable;
  readonly poolMetrics: RecordingPoolMetrics;
  readonly owners: RecordingNoticeChannel;
  readonly operators: RecordingNoticeChannel;
  readonly events: RecordingEventPublisher;
  readonly metrics: RecordingRunMetrics;
  readonly config: SlotkeeperConfig;
  readonly ports: PostgresReaperPorts;
  /** The record of the backend that has this pid now or had it last. */
  recordOf(pid: number): Promise<BackendRecord | undefined>;
  /** The newest run. */
  lastRun(): Promise<RunRecord>;
}

export function createReaperWorld(
  options: {
    rules?: readonly Rule[];
    caps?: TargetConfig['caps'];
    rounds?: number;
    target?: Partial<RedshiftTarget>;
    /** Which engine the simulated server plays. @default redshift */
    engine?: 'redshift' | 'postgres';
    snooze?: SnoozeBounds;
    notices?: Partial<SlotkeeperConfig['notices']>;
  } = {},
): ReaperWorld {
  const { rules = [UNWARNED, EVERYONE], caps = { maxTerminations: 3000, maxShare: 1 }, rounds = 3 } = options;
  const clock = createTestClock();
  const redshift = createSimulatedRedshift(clock);
  const direct = createSimulatedDirect(redshift, clock);
  const table = createMemorySessionTable();
  const pool = createMemorySessionPoolTable();
  const poolMetrics = createRecordingPoolMetrics();
  const config: SlotkeeperConfig = {
    targets: {
      [TARGET]:
        options.engine === 'postgres'
          ? examplePostgresTarget({ name: TARGET, rules, caps, ...ofAnyEngine(options.target) })
          : exampleTarget({ name: TARGET, rules, caps, ...options.target }),
    },
    notices: {
      defaultOwner: 'data-platform@example.com',
      owners: [{ user: 'bi_*', owner: 'bi-team@example.com' }],
      snooze: options.snooze ?? DEFAULT_SNOOZE_BOUNDS,
      subscriptions: { owners: [], operators: [] },
      requireConfirmed: true,
      rate: { messages: 100, per: 3600 },
      ...options.notices,
    },
    runs: {
      lockFor: 960,
      pollWaits: [1, 1, 2],
      settle: { rounds, wait: 2 },
      sessionKeepAlive: 3600,
      retention: 7_776_000,
      planValidFor: 900,
      startWithin: 60,
    },
  };
  const owners = createRecordingNoticeChannel('owner-message');
  const operators = createRecordingNoticeChannel('operator-message');
  const events = createRecordingEventPublisher();
  const metrics = createRecordingRunMetrics();
  const ports = {
    config,
    table,
    pool,
    warehouseOf: () => redshift.warehouse,
    openDirect: direct.open,
    owners,
    operators,
    events,
    metrics,
    poolMetricsOf: () => poolMetrics,
    now: clock.now,
  };
  return {
    clock,
    redshift,
    direct,
    table,
    pool,
    poolMetrics,
    owners,
    operators,
    events,
    metrics,
    config,
    ports,
    async recordOf(pid) {
      return (await table.listBackends({ target: TARGET, pid })).items.at(0);
    },
    async lastRun() {
      const [run] = (await table.listRuns({ target: TARGET, limit: 1 })).items;
      if (run === undefined) {
        throw new Error('Expected a run on record, found none.');
      }
      return run;
    },
  };
}

/** Of what a test says of the target, that which every engine has. */
function ofAnyEngine(target: Partial<RedshiftTarget> = {}): Partial<PostgresTarget> {
  const { slots, pressure, sanity, thrash } = target;
  return {
    ...(slots === undefined ? {} : { slots }),
    ...(pressure === undefined ? {} : { pressure }),
    ...(sanity === undefined ? {} : { sanity }),
    ...(thrash === undefined ? {} : { thrash }),
  };
}
