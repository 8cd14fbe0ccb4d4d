import { describe, expect, it } from 'vitest';
import { appendEvent } from '../../src/lifecycle/append-event.ts';
import { drainSession } from '../../src/pool/lifecycle/drain-session.ts';
import type { ReaperPorts } from '../../src/reaper/reaper-ports.ts';
import { createPooledWorld, openPooled, POOLED, pooled, tryLease, watchPooledEnds } from '../support/pooled-world.ts';
import { reap } from '../support/reap-machine.ts';
import { EVERYONE, type ReaperWorld, TARGET } from '../support/reaper-world.ts';

/** Backends, the reaper's own left out. */
const pids = ({ redshift }: ReaperWorld) => [...redshift.backends.keys()].filter((pid) => pid < 90_000);

/** Something happens as soon as the plan is stored. */
function afterPlan(world: ReaperWorld, happening: () => unknown): ReaperPorts {
  const { ports, table } = world;
  return {
    ...ports,
    table: {
      ...table,
      async savePlan(key, plan) {
        await table.savePlan(key, plan);
        await happening();
      },
    },
  };
}

describe('a run among sessions of the pool', () => {
  it('never ends or warns a leased one, whatever its idle time and its rule', async () => {
    const world = createPooledWorld({ rules: [EVERYONE] });
    const before = await openPooled(world, { pid: 501, idle: 50_000, leasedFor: 600 });
    await reap(world.ports);
    world.clock.advance(300);
    await reap(world.ports);
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ leased: 1 });
    expect(world.owners.messages).toEqual([]);
    // Its holder's next write does not even meet a new version.
    expect(await pooled(world)).toEqual(before);
  });

  it('drains an idle one before its end, and ends its item in the same run', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000 });
    await openPooled(world, { pid: 502, idle: 100, slot: 1 });
    const ends = watchPooledEnds(world);
    await reap(world.ports);
    await ends.settle();
    expect(ends.wrong).toEqual([]);
    expect(pids(world)).toEqual([502]);
    const session = await pooled(world);
    expect(session).toMatchObject({ state: 'ended', endReason: 'reaped', sessionId: null });
    expect(session?.events.map(({ type }) => type)).toEqual([
      'creating',
      'opened',
      'released',
      'backend-identified',
      'draining',
      'ended',
    ]);
    expect(session?.events.at(-1)?.by).toBe(`run:${(await world.lastRun()).runId}`);
    expect(await pooled(world, 'acme', 1)).toMatchObject({ state: 'available', backendStartedAt: expect.any(String) });
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone', rule: 'pooled' });
  });

  it('tells the owner of its rule that an idle one is of the pool, and ends it after the grace', async () => {
    const world = createPooledWorld({ rules: [{ ...EVERYONE, owner: 'tenants-team@example.com' }] });
    await openPooled(world, { pid: 501, idle: 3600 });
    world.redshift.open({ pid: 502, idle: 3600, user: 'tenant_gone' }, { pid: 503, idle: 3600 });
    await reap(world.ports);
    const [mail] = world.owners.messages;
    expect(mail?.attributes['owner']).toBe('tenants-team@example.com');
    expect(mail?.body).toMatch(/^501 .* idle, pooled /m);
    expect(mail?.body).toMatch(/^502 .* idle, orphan of the pool /m);
    expect(mail?.body).toMatch(/^503 .* idle {2,}/m);
    expect(mail?.body).toContain('Sessions that are pooled or orphans belong to the session pool');
    world.clock.advance(900);
    await reap(world.ports);
    expect(pids(world)).toEqual([]);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'reaped' });
  });

  it('spares one that was leased between its plan and its end', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000 });
    await reap(
      afterPlan(world, async () => {
        expect(await tryLease(world, 'acme')).not.toBeNull();
      }),
    );
    expect(pids(world)).toEqual([501]);
    expect(await pooled(world)).toMatchObject({ state: 'leased' });
    expect((await world.lastRun()).unclaimed).toEqual({ leased: 1 });
    expect(await world.recordOf(501)).toBeUndefined();
  });

  it('gives one back that came to life between its claim and its end, once it is idle', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000 });
    const backend = world.redshift.backends.get(501);
    world.redshift.before('termination', 1, () => Object.assign(backend ?? {}, { running: true }));
    await reap(world.ports);
    expect((await world.lastRun()).outcomes).toMatchObject({ 'busy-again': 1 });
    // Nobody knows what runs there; while it does, nobody gets it.
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    Object.assign(backend ?? {}, { running: false });
    world.redshift.use(501);
    world.clock.advance(900);
    await reap(world.ports);
    // The statement of a run that failed might still reach it: for as long as a run can last, nobody gets it.
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    world.clock.advance(61);
    const late = await reap(afterPlan(world, () => world.clock.advance(961)));
    // Another run may be ending it by now.
    expect(late.failure?.error).toBe('RunLockLost');
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    await reap(world.ports);
    expect(pids(world)).toEqual([501]);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
    expect((await pooled(world))?.events.at(-1)).toMatchObject({ type: 'restored' });
    expect(await tryLease(world, 'acme')).not.toBeNull();
  });

  it('gives one back only when the last run that claimed it cannot reach it any more, whoever had drained it', async () => {
    const world = createPooledWorld({ rounds: 1 });
    await openPooled(world, { pid: 501, idle: 4000 });
    const backend = world.redshift.backends.get(501);
    const busy = () => Object.assign(backend ?? {}, { running: true });
    world.redshift.before('termination', 1, busy);
    await reap(world.ports);
    Object.assign(backend ?? {}, { running: false });
    world.clock.advance(900);
    // It is drained already; what this run hands in is as unsure.
    world.redshift.before('termination', 2, busy);
    await reap(world.ports);
    expect((await world.recordOf(501))?.events.filter(({ type }) => type === 'termination-claimed')).toHaveLength(2);
    Object.assign(backend ?? {}, { running: false });
    world.redshift.use(501);
    world.clock.advance(100);
    await reap(world.ports);
    // 1,000 s after it was drained, 100 s after it was claimed.
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    world.clock.advance(861);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
    expect(pids(world)).toEqual([501]);
  });

  it('gives one back that was used between its claim and its end and is idle again, in the same run', async () => {
    const world = createPooledWorld({ rounds: 1 });
    await openPooled(world, { pid: 501, idle: 4000 });
    const backend = world.redshift.backends.get(501);
    world.redshift.before('termination', 1, () => Object.assign(backend ?? {}, { running: true }));
    world.redshift.before('look', 2, () => {
      Object.assign(backend ?? {}, { running: false });
      world.redshift.use(501);
    });
    world.redshift.before('look', 1, () => world.clock.advance(1));
    await reap(world.ports);
    expect((await world.lastRun()).outcomes).toMatchObject({ 'busy-again': 1 });
    expect(await pooled(world)).toMatchObject({ state: 'available' });
  });

  it('gives one back at once when its backend was snoozed after it was drained', async () => {
    const world = createPooledWorld({ rules: [EVERYONE] });
    await openPooled(world, { pid: 501, idle: 3000 });
    await reap(world.ports);
    world.clock.advance(900);
    const pool: ReaperPorts['pool'] = {
      ...world.pool,
      async saveSession(session) {
        await world.pool.saveSession(session);
        const record = await world.recordOf(501);
        if (session.state === 'draining' && record !== undefined) {
          const event = { at: session.updatedAt, type: 'snoozed' as const, by: 'cli:ana', detail: {} };
          await world.table.saveBackend(appendEvent(record, event, { endsAt: null }));
        }
      },
    };
    await reap({ ...world.ports, pool });
    expect((await world.lastRun()).unclaimed).toEqual({ snoozed: 1 });
    expect(pids(world)).toEqual([501]);
    expect((await pooled(world))?.events.map(({ type }) => type).slice(-2)).toEqual(['draining', 'restored']);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
  });

  it('gives one back only later when it was snoozed after an earlier run had drained it', async () => {
    const world = createPooledWorld({ rules: [EVERYONE] });
    const session = await openPooled(world, { pid: 501, idle: 3000 });
    await reap(world.ports);
    world.clock.advance(900);
    const at = world.clock.now().toISOString();
    const current = (await pooled(world)) ?? session;
    await world.pool.saveSession(
      drainSession(current, { why: 'test', aliveUntil: current.aliveUntil, at, by: 'run:earlier' }),
    );
    const table: ReaperPorts['table'] = {
      ...world.table,
      async saveBackend(record) {
        const known = await world.recordOf(501);
        if (record.state === 'terminating' && known?.state === 'warned') {
          const event = { at, type: 'snoozed' as const, by: 'cli:ana', detail: {} };
          await world.table.saveBackend(appendEvent(known, event, { endsAt: null }));
        }
        await world.table.saveBackend(record);
      },
    };
    await reap({ ...world.ports, table });
    expect((await world.lastRun()).unclaimed).toEqual({ snoozed: 1 });
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    world.clock.advance(961);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
  });

  it('hands nobody a session that the server was told to end and that is still there', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000, outlives: 3 });
    await reap(world.ports);
    expect((await world.lastRun()).outcomes).toMatchObject({ 'still-there': 1 });
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    expect(await tryLease(world, 'acme')).toBeNull();
    await reap(world.ports);
    expect(pids(world)).toEqual([]);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'reaped' });
  });

  it('takes an idle one whose lease is long over for what it is, and gives it to nobody afterwards', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000, leasedFor: 15 });
    await reap(world.ports);
    expect(pids(world)).toEqual([501]);
    world.clock.advance(76);
    await reap(world.ports);
    expect(pids(world)).toEqual([]);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'reaped' });
  });

  it('protects a leased one that the index of live sessions does not show yet', async () => {
    const world = createPooledWorld({ rules: [POOLED, { ...EVERYONE, warnAfter: null, notice: 'none' }] });
    await openPooled(world, { pid: 501, idle: 50_000, leasedFor: 600 });
    await reap({ ...world.ports, pool: { ...world.pool, listLiveSessions: async () => [] } });
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ leased: 1 });
  });

  it('plans the same in a dry run, which writes nothing of the pool', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000 });
    await openPooled(world, { pid: 502, idle: 4000, tenant: 'gone', aliveFor: -10 });
    world.redshift.close(502);
    const before = await world.pool.listLiveSessions(TARGET);
    await reap(world.ports, true);
    const { planHash } = await world.lastRun();
    expect(await world.pool.listLiveSessions(TARGET)).toEqual(before);
    expect(world.poolMetrics.counted).toEqual([]);
    world.clock.advance(1);
    await reap(world.ports);
    expect((await world.lastRun()).planHash).toBe(planHash);
    expect(await world.pool.listLiveSessions(TARGET)).toEqual([]);
  });
});

describe('a pid that is used again', () => {
  it('keeps the session that has it now from an end that was meant for the one before', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000, leasedFor: -100 });
    const { ports, table } = world;
    const dies = async () => {
      throw new Error('the process is dead');
    };
    await reap({ ...ports, table: { ...table, saveBackend: dies } });
    expect(await pooled(world)).toMatchObject({ state: 'draining', backendStartedAt: expect.any(String) });
    world.redshift.close(501);
    world.clock.advance(961);
    // By the clock of its container it is the older of the two.
    await openPooled(world, { pid: 501, idle: 4970, slot: 1, leasedFor: 600 });
    await reap(ports);
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ leased: 1 });
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'reaped' });
    expect(await pooled(world, 'acme', 1)).toMatchObject({ state: 'leased' });
  });

  it('is no trace of the session of another tenant that had it before', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 3990, aliveFor: 100 });
    world.redshift.close(501);
    await openPooled(world, { pid: 501, idle: 100, tenant: 'beta' });
    await reap(world.ports);
    expect(await pooled(world, 'beta')).toMatchObject({ state: 'available', backendStartedAt: expect.any(String) });
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it('is kept where two items of its user name it and neither knows its start', async () => {
    const world = createPooledWorld();
    // It died unseen, and by the clock of its container it is the younger of the two.
    await openPooled(world, { pid: 501, idle: 3990, aliveFor: 100 });
    world.redshift.close(501);
    await openPooled(world, { pid: 501, idle: 4000, slot: 1, leasedFor: 3000 });
    await reap(world.ports);
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ 'pool-unclear': 1 });
    // Until one of them is known to be gone.
    world.clock.advance(1000);
    await reap(world.ports);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'expired' });
    expect((await world.lastRun()).kept).toMatchObject({ leased: 1 });
    expect(pids(world)).toEqual([501]);
  });
});

describe('a session of the pool that is no longer there', () => {
  it.each([
    ['idle past its keep-alive', { aliveFor: -10 }, 'expired', ['SessionExpired acme']],
    ['idle, and closed from outside', {}, 'invalid', ['SessionInvalid acme']],
    ['leased, its holder dead', { leasedFor: -61, aliveFor: -10 }, 'expired', ['SessionExpired acme']],
  ] as const)('is ended by the run: %s', async (_what, sketch, endReason, counted) => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 300, ...sketch });
    world.redshift.close(501);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason });
    expect((await pooled(world))?.events.at(-1)).toMatchObject({
      type: 'ended',
      by: `run:${(await world.lastRun()).runId}`,
      detail: { reason: endReason },
    });
    expect(world.poolMetrics.counted).toEqual(counted);
    await reap(world.ports);
    expect(world.poolMetrics.counted).toEqual(counted);
  });

  it('is left to its holder while the lease lasts, and to the pool that has leased it meanwhile', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, leasedFor: 15 });
    await openPooled(world, { pid: 502, slot: 1 });
    world.redshift.close(501);
    world.redshift.close(502);
    await reap(
      afterPlan(world, async () => {
        expect(await tryLease(world, 'acme', 1)).not.toBeNull();
      }),
    );
    expect(await pooled(world)).toMatchObject({ state: 'leased' });
    expect(await pooled(world, 'acme', 1)).toMatchObject({ state: 'leased' });
    expect(world.poolMetrics.counted).toEqual([]);
  });

  it('is left alone when it was opened so shortly before the run that the look may have missed it', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, age: 60 });
    world.redshift.close(501);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
    world.clock.advance(120);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it('ends as retired when the pool had drained it', async () => {
    const world = createPooledWorld();
    const record = await openPooled(world, { pid: 501 });
    const at = world.clock.now().toISOString();
    await world.pool.saveSession(
      drainSession(record, { why: 'old', aliveUntil: record.aliveUntil, at, by: 'pool:container' }),
    );
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    world.redshift.close(501);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'retired' });
  });
});
