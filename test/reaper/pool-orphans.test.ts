import { describe, expect, it } from 'vitest';
import { beginCreating } from '../../src/pool/lifecycle/begin-creating.ts';
import { plusSeconds } from '../../src/pool/lifecycle/session-times.ts';
import { createPooledWorld, keyOf, openPooled, POOL, POOLED, pooled } from '../support/pooled-world.ts';
import { reap } from '../support/reap-machine.ts';
import { EVERYONE, type ReaperWorld, TARGET } from '../support/reaper-world.ts';

const ORPHANS = { ...POOLED, name: 'orphans', match: { pool: ['orphan' as const] }, terminateAfter: 60 };

const pids = ({ redshift }: ReaperWorld) => [...redshift.backends.keys()].filter((pid) => pid < 90_000);

/** Some container began to open a session so many seconds ago, and its lease lasts for 15 of them. */
async function beginSession(world: ReaperWorld, secondsAgo: number, targetSlot?: number): Promise<void> {
  const at = plusSeconds(world.clock.now().toISOString(), -secondsAgo);
  const creating = beginCreating(null, {
    key: keyOf('acme'),
    slot: 0,
    id: 'unfinished',
    lease: { holder: 'container', until: plusSeconds(at, 15), use: 'query', retireAfter: false },
    hardEndsAt: plusSeconds(at, 82_800),
    keepAliveSeconds: 300,
    at,
    by: 'pool:container',
  });
  await world.pool.saveSession(creating);
  if (targetSlot !== undefined) {
    const slot = { target: TARGET, number: targetSlot, holder: 'unfinished', until: plusSeconds(at, 90_000) };
    await world.pool.claimTargetSlot(slot, at);
  }
}

/** A backend of the tenant that started so many seconds ago and is idle since. */
function openTenant(world: ReaperWorld, pid: number, startedSecondsAgo: number, user = 'tenant_acme'): void {
  world.redshift.open({ pid, user, idle: startedSecondsAgo, age: 0 });
}

describe('a server session that no item of the pool knows', () => {
  it('is ended by the rule for orphans, and only where the pool is sure', async () => {
    const world = createPooledWorld({ rules: [ORPHANS] });
    await openPooled(world, { pid: 501, idle: 5000 });
    openTenant(world, 502, 5000);
    openTenant(world, 503, 5000, 'tenant_Über');
    openTenant(world, 504, 5000, 'somebody');
    await reap(world.ports);
    expect(pids(world)).toEqual([501, 503, 504]);
    expect((await world.lastRun()).kept).toMatchObject({ 'no-rule': 3 });
    expect(await world.recordOf(502)).toMatchObject({ rule: 'orphans', outcome: 'gone' });
    const plan = await world.table.readPlan({ target: TARGET, runId: (await world.lastRun()).runId });
    expect(plan?.members).toMatchObject([{ identity: { pid: 502 }, standing: { kind: 'orphan' } }]);
    expect(plan?.members[0]?.reasons.at(-1)).toMatchObject({ measured: 'orphan', held: true });
  });

  it('is no orphan where slotkeeper.yml names no pool, or another tenant pattern', async () => {
    for (const pool of [null, { ...POOL, tenants: ['big-*'] }, { ...POOL, dbUser: 't_{tenantId}' }]) {
      const world = createPooledWorld({ rules: [ORPHANS], target: { pool } });
      openTenant(world, 501, 5000);
      await reap(world.ports);
      expect(pids(world)).toEqual([501]);
    }
  });

  it('is spared while a container may be opening it, and ended when nobody will finish that any more', async () => {
    const world = createPooledWorld({ rules: [ORPHANS] });
    await beginSession(world, 200, 7);
    openTenant(world, 501, 199);
    openTenant(world, 502, 300);
    await reap(world.ports);
    // 502 is older than the item, so it is none of it.
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ 'pool-unclear': 1 });
    expect(await pooled(world)).toMatchObject({ state: 'creating' });

    world.clock.advance(120);
    await reap(world.ports);
    expect(pids(world)).toEqual([]);
    // No pool adopts it any more; until it was seen to be gone it counted towards the tenant's bound.
    expect(await pooled(world)).toMatchObject({ state: 'draining' });
    expect(world.poolMetrics.counted).toEqual([]);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'reaped' });
    expect(await world.pool.readTargetSlots(TARGET)).toEqual([]);
    expect(world.poolMetrics.counted).toEqual([]);
  });

  it('is nowhere when its creation never came to a session, and the item is ended all the same', async () => {
    const world = createPooledWorld();
    await beginSession(world, 300);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'creating' });
    world.clock.advance(30);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'never-opened' });
  });

  it('is spared while an item of its user does not know its backend', async () => {
    const world = createPooledWorld({ rules: [{ ...EVERYONE, warnAfter: null, notice: 'none' }] });
    await openPooled(world, { pid: 501, idle: 5000, pidKnown: false });
    openTenant(world, 502, 20_000);
    await reap(world.ports);
    expect(pids(world)).toEqual([501]);
    expect((await world.lastRun()).kept).toMatchObject({ 'pool-unclear': 1 });
    world.redshift.close(501);
    await reap(world.ports);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it('is not one that has the pid of a pooled session and another start', async () => {
    const world = createPooledWorld({ rules: [ORPHANS] });
    await openPooled(world, { pid: 501, idle: 30 });
    await reap(world.ports);
    world.redshift.close(501);
    world.clock.advance(5000);
    openTenant(world, 501, 100);
    await reap(world.ports);
    expect(pids(world)).toEqual([]);
    expect(await pooled(world)).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it("is never the reaper's own, whatever the template fits", async () => {
    const world = createPooledWorld({
      rules: [{ ...ORPHANS, terminateAfter: 0 }],
      target: { pool: { ...POOL, dbUser: '{tenantId}' } },
    });
    await reap(world.ports);
    world.clock.advance(3000);
    await reap(world.ports);
    world.redshift.open({ pid: 501, user: 'acme', idle: 1 });
    await reap(world.ports);
    expect([...world.redshift.backends.values()].map(({ user }) => user)).toEqual(['awsuser']);
    expect((await world.lastRun()).counts).toMatchObject({ backends: 2, terminate: 1 });
  });
});
