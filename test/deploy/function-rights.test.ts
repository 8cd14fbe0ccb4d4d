import { describe, expect, it } from 'vitest';
import {
  DATA_API_FUNCTIONS,
  type FunctionRights,
  PLAIN_FUNCTIONS,
  POSTGRES_FUNCTIONS,
} from '../../deploy/function-rights.ts';
import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { plusSeconds } from '../../src/pool/lifecycle/session-times.ts';
import { busyWorld } from '../support/busy-world.ts';
import { createPooledWorld, keyOf, openPooled } from '../support/pooled-world.ts';
import { runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { NOBODY } from '../support/recording-notice-channel.ts';
import { spyOnPorts } from './spy-on-ports.ts';

const RIGHTS: Readonly<Record<string, FunctionRights>> = {
  ...DATA_API_FUNCTIONS,
  ...PLAIN_FUNCTIONS,
  ...POSTGRES_FUNCTIONS,
};

/** What the adapter of a port does for each of its methods, as `<action> <kind of keys>`. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'table.readBackends': ['BatchGetItem target'],
  'table.listLiveBackends': ['live target'],
  'table.saveBackend': ['PutItem target'],
  'table.takeRunLock': ['PutItem target', 'GetItem target'],
  'table.holdsRunLock': ['GetItem target'],
  'table.releaseRunLock': ['DeleteItem target'],
  'table.readRun': ['GetItem target'],
  'table.saveRun': ['PutItem target'],
  'table.listRuns': ['Query target'],
  'table.savePlan': ['PutItem target', 'GetItem target'],
  'table.readPlan': ['GetItem target', 'BatchGetItem target'],
  'table.saveRecording': ['PutItem target'],
  'table.readNotice': ['GetItem target'],
  'table.saveNotice': ['PutItem target'],
  'table.listNotices': ['Query target'],
  'table.listClients': ['Query target'],
  'table.saveClient': ['PutItem target'],
  'table.readSnoozeCount': ['GetItem snoozes'],
  'table.saveSnoozeCount': ['PutItem snoozes'],
  'table.readOwnerMail': ['GetItem target'],
  'table.saveOwnerMail': ['PutItem target'],
  'table.readReaperSession': ['GetItem target'],
  'table.saveReaperSession': ['PutItem target'],
  'pool.readPool': ['Query tenant'],
  'pool.readSession': ['GetItem tenant'],
  'pool.saveSession': ['PutItem tenant'],
  'pool.listLiveSessions': ['live livePool'],
  'pool.readTargetSlots': ['Query slots'],
  'pool.releaseTargetSlot': ['DeleteItem slots'],
  'owners.audienceOf': ['subscriptions'],
  'owners.publish': ['publish owners'],
  'operators.publish': ['publish operators'],
  'events.publish': ['events'],
};
/** These speak to the server, or to standard output. */
const NOT_OF_THE_ROLE = /^(warehouseOf|openDirect|metrics|poolMetricsOf)/;

function granted({ table, keys, live = [], publishes, readsSubscriptions, publishesEvents }: FunctionRights): string[] {
  return [
    ...table.flatMap((action) => keys.map((kind) => `${action} ${kind}`)),
    ...live.map((kind) => `live ${kind}`),
    ...(publishes === undefined ? [] : [`publish ${publishes}`]),
    ...(readsSubscriptions ? ['subscriptions'] : []),
    ...(publishesEvents ? ['events'] : []),
  ];
}

/** What each function needed, over all runs. */
const needed = new Map<string, Set<string>>();

async function run(world: ReaperWorld, input: Record<string, unknown> = {}) {
  return runReapMachine(world.ports, { target: TARGET, ...input }, (step) =>
    spyOnPorts(world.ports, (call) => {
      const needs = NEEDS[call];
      if (needs === undefined && !NOT_OF_THE_ROLE.test(call)) {
        throw new Error(`Expected to know what ${call} of ${step} needs.`);
      }
      const all = needed.get(step) ?? new Set();
      needed.set(step, all);
      for (const need of needs ?? []) {
        all.add(need);
      }
    }),
  );
}

async function everythingThatRunsMeet(engine: 'redshift' | 'postgres'): Promise<void> {
  const busy = await busyWorld(engine);
  await run(busy, { record: true });
  await run(busy);
  const unheard = createReaperWorld({ engine });
  unheard.redshift.open({ pid: 501, idle: 2000 });
  unheard.owners.reach(() => NOBODY);
  await run(unheard);
  const tagged = createReaperWorld({ engine });
  tagged.redshift.open({ pid: 501, idle: 2000, user: 'bi_ana', application: 'nightly keep=1h' });
  await run(tagged);
  const capped = createReaperWorld({ engine, caps: { maxTerminations: 0, maxShare: 1 } });
  capped.redshift.open({ pid: 501, idle: 9000, user: 'scratch_1' });
  await run(capped);
  await run(capped, { target: 'nobody' });
}

/** Sessions of a pool, one with a number among the target's slots, and one that nobody finished opening. */
async function pooledRuns(): Promise<void> {
  const world = createPooledWorld();
  const opened = await openPooled(world, { pid: 501, idle: 5000 });
  await world.pool.saveSession({ ...opened, targetSlot: 0, version: opened.version + 1 });
  await openPooled(world, { pid: 502, idle: 5000, slot: 1, outlives: 1 });
  const at = plusSeconds(world.clock.now().toISOString(), -3600);
  const unfinished = beginCreating(null, {
    key: keyOf('acme'),
    slot: 2,
    id: 'unfinished',
    lease: { holder: 'container', until: plusSeconds(at, 15), use: 'query', retireAfter: false },
    hardEndsAt: plusSeconds(at, 82_800),
    keepAliveSeconds: 300,
    at,
    by: 'pool:container',
  });
  await world.pool.saveSession(unfinished);
  const slot = { target: TARGET, number: 1, holder: 'unfinished', until: plusSeconds(at, 90_000) };
  await world.pool.claimTargetSlot(slot, at);
  await run(world);
}

/** A client that is back at once: the operators are told. */
async function thrashingRuns(engine: 'redshift' | 'postgres'): Promise<void> {
  const world = createReaperWorld({
    engine,
    target: { thrash: { reconnects: 2, within: 10, window: 7200, holdFor: 3600 } },
  });
  let pid = 700;
  world.redshift.onEnd(({ user }) => {
    pid += 1;
    world.redshift.open({ pid, user, application: 'pool', idle: 0, age: 0 });
  });
  world.redshift.open(
    { pid: 501, user: 'scratch_web', application: 'pool', idle: 9000 },
    { pid: 502, user: 'scratch_web', application: 'pool', idle: 9000, age: 9100 },
  );
  await run(world);
  world.clock.advance(600);
  await run(world);
}

describe('the rights of the functions of a run', () => {
  it('are all that their steps need, whatever runs of any engine meet', async () => {
    await everythingThatRunsMeet('redshift');
    await everythingThatRunsMeet('postgres');
    await thrashingRuns('redshift');
    await thrashingRuns('postgres');
    await pooledRuns();
    expect([...needed.keys()].sort()).toEqual(Object.keys(RIGHTS).sort());
    const missing = [...needed].flatMap(([step, needs]) => {
      const has = new Set(granted(RIGHTS[step] ?? { table: [], keys: [] }));
      return [...needs].filter((need) => !has.has(need)).map((need) => `${step}: ${need}`);
    });
    expect(missing).toEqual([]);
  });

  it('are no more than their steps need: each action, each kind of items, each topic is used', () => {
    const parts = (text: string) => text.split(' ');
    const spare = Object.entries(RIGHTS).flatMap(([step, rights]) => {
      const used = new Set([...(needed.get(step) ?? [])].flatMap((need) => [need, ...parts(need)]));
      const { table, keys, live = [], publishes, readsSubscriptions, publishesEvents } = rights;
      return [
        ...table,
        ...keys,
        ...live.map((kind) => `live ${kind}`),
        ...(publishes === undefined ? [] : [`publish ${publishes}`]),
        ...(readsSubscriptions ? ['subscriptions'] : []),
        ...(publishesEvents ? ['events'] : []),
      ]
        .filter((right) => !used.has(right))
        .map((right) => `${step}: ${right}`);
    });
    // Writing is for a kept session that died between the two statements of a run.
    expect(spare).toEqual(['submitOutcomeQuery: PutItem']);
  });
});
