import type { SlotkeeperConfig } from '../../../src/config/slotkeeper-config.ts';
import type { Rule } from '../../../src/policy/rule.ts';
import { poolLimits } from '../../../src/pool/pool-limits.ts';
import type { ReaperPorts } from '../../../src/reaper/reaper-ports.ts';
import { exampleTarget } from '../../support/example-target.ts';
import { createRecordingEventPublisher } from '../../support/recording-event-publisher.ts';
import { createRecordingPoolMetrics } from '../../support/recording-pool-metrics.ts';
import { createRecordingRunMetrics } from '../../support/recording-run-metrics.ts';
import { FaultLayer } from '../engine/fault-layer.ts';
import { SimulatedProcess } from '../engine/process.ts';
import { Random } from '../engine/random.ts';
import { Scheduler } from '../engine/scheduler.ts';
import { Trace } from '../engine/trace.ts';
import { Cluster } from '../server/cluster.ts';
import { DataApi } from '../server/data-api.ts';
import { createReaperWarehouse } from '../server/reaper-warehouse.ts';
import { createMailbox, type Mailbox } from './mailbox.ts';
import { createObservedTables, type ObservedTables } from './observed-tables.ts';
import { PORT_ERRORS } from './port-errors.ts';
import { drawScenario, type Scenario } from './scenario.ts';

export const TARGET = 'analytics';
export const REAPER_USER = 'slotkeeper';

const APART_MS = 300_000;
const TOGETHER_MS = 200;

/** What an execution is asked for beside its target. */
export interface AskedRun {
  readonly dryRun?: boolean;
  /** The plan on which it is to act, by its hash and the run that made it. */
  readonly apply?: { readonly hash: string; readonly runId: string };
}

/** Everything that one seed makes. */
export interface World {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly scheduler: Scheduler;
  readonly cluster: Cluster;
  readonly api: DataApi;
  readonly tables: ObservedTables;
  readonly owners: Mailbox;
  readonly operators: Mailbox;
  readonly layer: FaultLayer;
  readonly config: SlotkeeperConfig;
  /** Whether things still go wrong. */
  isTroubled(): boolean;
  /** Ends executions that are under way, by run, as StopExecution does. */
  readonly running: Map<string, () => void>;
  /** Runs whose next step fails, so that they are given up and their lock is given back. */
  readonly failing: Set<string>;
  /** What each run was asked for. */
  readonly asked: Map<string, AskedRun>;
  /** The rules as they are in this moment, a pause left out of account. */
  rules(): readonly Rule[];
  /** An operator has every rule keep for so long. */
  pauseRules(ms: number): void;
  /** From now on everybody is left in peace. */
  calm(): void;
  process(name: string, mayDie?: boolean): SimulatedProcess;
  /** The ports of a run, as one of its processes reaches them. */
  reaperPorts(process: SimulatedProcess, runId: string): ReaperPorts;
}

/** @param traced keep the whole trace, not its newest lines only */
export function createWorld(seed: number, traced = false): World {
  const random = new Random(seed);
  const scenario = drawScenario(random);
  const scheduler = new Scheduler(random, new Trace(traced));
  const cluster = new Cluster(scheduler, scenario.serverSkewMs);
  const api = new DataApi(cluster, scenario.statements);
  const layer = new FaultLayer(scheduler, scenario.faults);
  const tables = createObservedTables(
    () => layer.isStale(),
    () => scheduler.now,
  );
  const owners = createMailbox(scheduler, 'owner-message');
  const operators = createMailbox(scheduler, 'operator-message');
  const config = configOf(scenario);
  cluster.onDeath = (backend) => api.lose(backend);
  let isTroubled = true;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  const paused = configOf({ ...scenario, rules: scenario.rules.map((rule) => ({ ...rule, keep: true })) });
  const { strictAfter, strictRules } = scenario;
  const strict = configOf({ ...scenario, rules: strictRules });
  const isStrict = () => strictAfter !== null && scheduler.now - scheduler.begunAt >= strictAfter * 1000;

  return {
    seed,
    scenario,
    scheduler,
    cluster,
    api,
    tables,
    owners,
    operators,
    layer,
    config,
    isTroubled: () => isTroubled,
    running: new Map(),
    failing: new Set(),
    asked: new Map(),
    rules: () => (isStrict() ? strictRules : scenario.rules),
    pauseRules(ms) {
      layer.count('rules-paused');
      pausedUntil = scheduler.now + ms;
    },
    calm() {
      isTroubled = false;
      layer.rates = {
        throttled: 0,
        'error-before': 0,
        'error-after': 0,
        'answer-lost': 0,
        'slow-answer': 0,
        'stale-index': 0,
      };
      api.rates = { failed: 0, aborted: 0, stuck: 0 };
      cluster.seesEveryone = true;
      scheduler.note('from here on nothing goes wrong');
    },
    process(name, mayDie = false) {
      const reach = scenario.clocks === 'all-apart' ? APART_MS : TOGETHER_MS;
      const dies = mayDie && isTroubled && random.chance(scenario.processes.crash);
      if (dies) {
        layer.count('crash');
      }
      return new SimulatedProcess(
        scheduler,
        name,
        random.between(-reach, reach),
        dies ? random.between(1, 30) : undefined,
      );
    },
    reaperPorts(process, runId) {
      const reach = <Port extends object>(port: Port, name: string, errors: keyof typeof PORT_ERRORS) =>
        layer.between(process, port, name, PORT_ERRORS[errors]);
      const warehouse = reach(createReaperWarehouse(api, REAPER_USER, `run:${runId}`), 'warehouse', 'warehouse');
      return {
        config: scheduler.now < pausedUntil ? paused : isStrict() ? strict : config,
        table: reach(tables.table, 'table', 'table'),
        pool: reach(tables.pool, 'pool', 'table'),
        warehouseOf: () => warehouse,
        owners: { address: owners.address, ...channelOf(reach(owners.port, 'owners', 'channel')) },
        operators: { address: operators.address, ...channelOf(reach(operators.port, 'operators', 'channel')) },
        events: reach(createRecordingEventPublisher(), 'events', 'events'),
        metrics: createRecordingRunMetrics(),
        poolMetricsOf: () => createRecordingPoolMetrics(),
        now: process.now,
      };
    },
  };
}

function channelOf(port: Mailbox['port']): Mailbox['port'] {
  return { publish: (message) => port.publish(message), audienceOf: (message) => port.audienceOf(message) };
}

function configOf({ rules, caps, rate, snoozesPerDay, limits, lockFor, planValidFor }: Scenario): SlotkeeperConfig {
  const pool = {
    dbUser: 'tenant_{tenantId}',
    tenants: ['*'],
    limits: poolLimits(limits),
    metrics: { tenantDimension: false },
  };
  return {
    targets: { [TARGET]: exampleTarget({ name: TARGET, dbUser: REAPER_USER, rules, caps, pool }) },
    notices: {
      defaultOwner: 'data-platform@example.com',
      owners: [{ user: 'bi_*', owner: 'bi-team@example.com' }],
      snooze: { max: 3_600, perOwnerPerDay: snoozesPerDay },
      subscriptions: { owners: [], operators: [] },
      requireConfirmed: true,
      rate,
    },
    runs: {
      lockFor,
      pollWaits: [1, 2, 4, 8],
      settle: { rounds: 3, wait: 3 },
      sessionKeepAlive: 3_600,
      retention: 7_776_000,
      planValidFor,
      startWithin: 60,
    },
  };
}
