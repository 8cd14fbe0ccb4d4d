import { describe, expect, it } from 'vitest';
import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { plusSeconds } from '../../src/pool/lifecycle/session-times.ts';
import { type CrashPlan, crashingPorts } from '../support/crashing-ports.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { createPooledWorld, keyOf, openPooled, pooled, tryLease, watchPooledEnds } from '../support/pooled-world.ts';
import { reap } from '../support/reap-machine.ts';
import { type ReaperWorld, TARGET } from '../support/reaper-world.ts';

/**
 * One of each that a run can meet in the pool: 501 is due; 502 is due and comes back to life before its end; 503 is
 * leased; 504 is an orphan; 505 is not due; 507 is due and outlives a signal. A session is gone, and a creation lost.
 */
async function busyPool(): Promise<ReaperWorld> {
  const world = createPooledWorld();
  await openPooled(world, { pid: 501, idle: 4000 });
  await openPooled(world, { pid: 502, idle: 4000, slot: 1 });
  await openPooled(world, { pid: 503, idle: 4000, tenant: 'beta', leasedFor: 10_000 });
  world.redshift.open({ pid: 504, idle: 4000, user: 'tenant_delta' });
  await openPooled(world, { pid: 505, idle: 100, tenant: 'beta', slot: 1 });
  await openPooled(world, { pid: 506, idle: 100, tenant: 'gamma', aliveFor: -10 });
  world.redshift.close(506);
  await openPooled(world, { pid: 507, idle: 4000, tenant: 'gamma', slot: 1, outlives: 1 });
  const at = plusSeconds(world.clock.now().toISOString(), -3000);
  await world.pool.saveSession(
    beginCreating(null, {
      key: keyOf('gamma'),
      slot: 2,
      id: 'unfinished',
      lease: { holder: 'container', until: plusSeconds(at, 15), use: 'query', retireAfter: false },
      hardEndsAt: plusSeconds(at, 82_800),
      keepAliveSeconds: 300,
      at,
      by: 'pool:container',
    }),
  );
  let isAwake = false;
  const wakeUp = () => {
    Object.assign(world.redshift.backends.get(502) ?? {}, isAwake ? {} : { running: true });
    isAwake = true;
  };
  // Which statement is the first that runs depends on the crash: one that was cancelled counts, too.
  for (const statement of [1, 2, 3]) {
    world.redshift.before('termination', statement, wakeUp);
  }
  return world;
}

async function crash(plan: CrashPlan) {
  const world = await busyPool();
  const ends = watchPooledEnds(world);
  const { ports, count } = crashingPorts(world.ports, plan);
  await reap(ports);
  await ends.settle();
  await expectConsistent(world);
  return { world, ends, calls: count() };
}

const never = { call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' } as const;

/** Items by tenant and slot, with what became of them. */
async function standing({ pool }: ReaperWorld): Promise<Record<string, string>> {
  const states = await Promise.all(['acme', 'beta', 'gamma'].map((tenant) => pool.readPool(keyOf(tenant))));
  return Object.fromEntries(
    states
      .flatMap(({ sessions }) => sessions)
      .map(({ key, slot, state, endReason }) => [`${key.tenant} ${slot}`, endReason ?? state]),
  );
}

const SETTLED = {
  'acme 0': 'reaped',
  'acme 1': 'available',
  'beta 0': 'leased',
  'beta 1': 'available',
  'gamma 0': 'expired',
  'gamma 1': 'reaped',
  'gamma 2': 'never-opened',
};

describe('a run among pooled sessions that crashes at any of its calls', () => {
  it('does its whole work when nothing crashes', async () => {
    const { world, ends } = await crash(never);
    expect(ends.wrong).toEqual([]);
    expect(await standing(world)).toEqual({ ...SETTLED, 'acme 1': 'draining' });
    expect((await world.lastRun()).outcomes).toMatchObject({ gone: 3, 'busy-again': 1 });
    expect(world.poolMetrics.counted.toSorted()).toEqual(['SessionExpired gamma', 'SessionExpired gamma']);
  });

  it.each([
    ['process', 'before'],
    ['process', 'after'],
    ['call', 'before'],
    ['call', 'after'],
  ] as const)('by the death of its %s, %s the call, strands no session and breaks no lease', async (what, when) => {
    const { calls } = await crash(never);
    expect(calls).toBeGreaterThan(60);
    for (let call = 1; call <= calls; call += 1) {
      const where = `crash of the ${what} ${when} call ${call}`;
      const { world, ends } = await crash({ call, when, what });
      const { backends } = world.redshift;
      // What it left behind is no trap: a session that can be had is there.
      for (const record of await world.pool.listLiveSessions(TARGET)) {
        expect(
          record.state === 'draining' || record.pid === null || record.pid === 506 || backends.has(record.pid),
          where,
        ).toBe(true);
      }
      world.clock.advance(961);
      const next = await reap(world.ports);
      expect(next.failure, where).toBeNull();
      Object.assign(backends.get(502) ?? {}, { running: false });
      world.redshift.use(502);
      world.clock.advance(961);
      expect((await reap(world.ports)).failure, where).toBeNull();

      await ends.settle();
      expect(ends.wrong, where).toEqual([]);
      await expectConsistent(world);
      expect(
        [...backends.keys()].filter((pid) => pid < 90_000),
        where,
      ).toEqual([502, 503, 505]);
      expect(await standing(world), where).toEqual(SETTLED);
      expect(await tryLease(world, 'acme', 1), where).not.toBeNull();
      expect((await pooled(world, 'acme', 1))?.state, where).toBe('leased');
    }
  });
});
