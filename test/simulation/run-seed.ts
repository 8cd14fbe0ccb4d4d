import { checkAskedRuns } from './checks/asked-runs.ts';
import { checkBounds } from './checks/bounds.ts';
import type { Check, Violate } from './checks/check.ts';
import { checkClaims } from './checks/claims.ts';
import { checkLeases } from './checks/leases.ts';
import { checkLeftovers } from './checks/leftovers.ts';
import { checkOutcomes } from './checks/outcomes.ts';
import { checkPooledEnds } from './checks/pooled-ends.ts';
import { checkReceipts } from './checks/receipts.ts';
import { checkRecords } from './checks/records.ts';
import { checkSpares } from './checks/spares.ts';
import { letClientsIn } from './world/clients.ts';
import { createExecutions, type Executions } from './world/executions.ts';
import { letOperatorsAct } from './world/operators.ts';
import { letOwnersAct } from './world/owners.ts';
import type { Scenario } from './world/scenario.ts';
import { letTenantsIn, openContainer, type TenantCounts } from './world/tenants.ts';
import { letTroubleIn } from './world/trouble.ts';
import { createWorld, type World } from './world/world.ts';

const CHECKS = [
  checkSpares,
  checkAskedRuns,
  checkClaims,
  checkReceipts,
  checkPooledEnds,
  checkLeases,
  checkBounds,
  checkRecords,
  checkOutcomes,
  checkLeftovers,
];

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly scenario: Scenario;
  /** Null: every promise held. */
  readonly violation: { readonly promise: string; readonly what: string } | null;
  readonly hash: string;
  readonly trace: readonly string[];
  readonly steps: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly runs: number;
  /** Backends that died of a signal. */
  readonly ends: number;
  /** Of these, sessions of the pool. */
  readonly pooledEnds: number;
  readonly messages: number;
  readonly tenants: TenantCounts;
}

/** Simulates the world of a seed until its first broken promise, or until everything has come to rest. */
export async function runSeed(seed: number, traced = false): Promise<SeedResult> {
  const world = createWorld(seed, traced);
  const { scheduler, api, cluster, tables, scenario } = world;
  let violation: SeedResult['violation'] = null;
  const violate: Violate = (promise, what) => {
    if (violation === null) {
      violation = { promise, what };
      scheduler.note(`BROKEN: ${promise}: ${what}`);
    }
  };
  const checks: Check[] = CHECKS.map((create) => create(world, violate));
  const ends = { all: 0, pooled: 0 };
  const dies = cluster.onDeath;
  cluster.onDeath = (backend, death) => {
    dies(backend, death);
    for (const check of death === 'signalled' ? checks : []) {
      check.death?.(backend);
    }
    ends.all += death === 'signalled' ? 1 : 0;
    ends.pooled += death === 'signalled' && backend.kind === 'tenant' ? 1 : 0;
  };
  api.onSignal = (backend, statement) => {
    for (const check of checks) {
      check.signal?.(backend, statement);
    }
  };
  api.onSubmit = (statement) => {
    for (const check of checks) {
      check.submit?.(statement);
    }
  };
  tables.watch({
    backend: (_before, { identity, state, version, events }) =>
      scheduler.note(
        `table: ${identity.pid} of ${identity.user} ${state} (${version}, ${events.at(-1)?.type} by ${events.at(-1)?.by})`,
      ),
    session: (_before, { key, slot, state, version, fence, pid, events }) =>
      scheduler.note(
        `table: slot ${key.tenant}/${slot} ${state} (${version}, fence ${fence}, pid ${pid}, ${events.at(-1)?.type} by ${events.at(-1)?.by})`,
      ),
  });
  tables.watch({
    backend: (before, after) => checks.map((check) => check.backend?.(before, after)),
    session: (before, after) => checks.map((check) => check.session?.(before, after)),
    lock: (before, after) => checks.map((check) => check.lock?.(before, after)),
    plan: (before, after, runId) => checks.map((check) => check.plan?.(before, after, runId)),
  });
  scheduler.onStep = () => {
    for (const check of checks) {
      check.step?.();
    }
  };

  const until = scheduler.now + scenario.lasts * 1000;
  letClientsIn(world, until);
  const tenants = letTenantsIn(world, until, (what) => violate('queries are answered, by their own rows', what));
  letOwnersAct(world, until);
  letTroubleIn(world, until);
  const executions = createExecutions(world);
  letSchedulesStart(world, executions, until);
  letOperatorsAct(world, executions, until);

  const isOver = () => violation !== null;
  await scheduler.run(until, isOver);
  if (!isOver()) {
    await comeToRest(world, executions, isOver, () => {
      for (const check of checks) {
        check.rest?.();
      }
    });
  }
  if (!isOver()) {
    for (const check of checks) {
      check.end?.();
    }
  }
  return {
    seed,
    scenario,
    violation,
    hash: scheduler.trace.hash,
    trace: scheduler.trace.lines,
    steps: scheduler.steps,
    faults: world.layer.injected,
    runs: executions.begun.count,
    ends: ends.all,
    pooledEnds: ends.pooled,
    messages: world.owners.sent.length,
    tenants,
  };
}

/** A schedule that comes twice or late now and then, and goes on for as long as a dead run may hold the lock. */
function letSchedulesStart(world: World, executions: Executions, until: number): void {
  const { scheduler, scenario, layer } = world;
  const { random } = scheduler;
  const last = until + (scenario.lockFor + 3 * scenario.scheduleEvery + 900) * 1000;
  const start = () => {
    if (scheduler.now < last) {
      const copies = world.isTroubled() && random.chance(0.1) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        layer.injected['duplicate-schedule'] = (layer.injected['duplicate-schedule'] ?? 0) + copy;
        const dryRun = world.isTroubled() && random.chance(0.05);
        scheduler.after(copy * random.between(0, 20_000), '', () => void executions.start({ dryRun }));
      }
      scheduler.after(scenario.scheduleEvery * 1000, '', start);
    }
  };
  scheduler.after(60_000, '', start);
}

/** Nothing goes wrong any more and nobody asks; runs and sweeps tidy up, and then a day and more goes by. */
async function comeToRest(
  world: World,
  executions: Executions,
  isOver: () => boolean,
  rests: () => void,
): Promise<void> {
  const { scheduler, scenario } = world;
  world.calm();
  const container = openContainer(world, 'sweeper');
  await scheduler.run(scheduler.now + (scenario.lockFor + 4 * scenario.scheduleEvery + 1_800) * 1000, isOver);
  for (const hours of [1, 1, 25, 1]) {
    let isSwept = false;
    container.pool.sweep().then(
      () => {
        isSwept = true;
      },
      (error: unknown) => scheduler.note(`the sweep failed: ${String(error)}`),
    );
    await scheduler.run(scheduler.now + hours * 3_600_000, isOver);
    if (!isSwept && !isOver()) {
      scheduler.note('a sweep did not end');
    }
    if (hours === 1 && !isOver()) {
      rests();
    }
  }
  // The last word: everybody goes home, and that is seen.
  for (const backend of [...world.cluster.backends.values()]) {
    world.cluster.end(backend, 'closed');
  }
  void executions.start();
  await scheduler.run(scheduler.now + 1_800_000, isOver);
}
