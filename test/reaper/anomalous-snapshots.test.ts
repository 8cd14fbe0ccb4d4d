import { describe, expect, it } from 'vitest';
import { reap } from '../support/reap-machine.ts';
import { expectLockFree } from '../support/reaper-paths.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, UNWARNED } from '../support/reaper-world.ts';

const SANITY = { minBackends: 2, maxShrink: 5, maxGrowth: 5, compareRuns: 3 };

function worldOf(backends: number): ReaperWorld {
  const world = createReaperWorld({ target: { sanity: SANITY } });
  for (let pid = 1; pid <= backends; pid += 1) {
    world.redshift.open({ pid, idle: 600 });
  }
  return world;
}

async function runAgain(world: ReaperWorld): Promise<string | null> {
  world.clock.advance(600);
  const { failure } = await reap(world.ports);
  return failure?.error ?? null;
}

describe('a run whose snapshot is nothing like the last ones', () => {
  it('does nothing, tells the operators, and believes it once all the runs compared with were refused', async () => {
    const world = worldOf(40);
    expect(await runAgain(world)).toBeNull();
    expect(await world.lastRun()).toMatchObject({ seen: { backends: 41, clockDifferenceSeconds: 0 } });
    for (let pid = 1; pid <= 38; pid += 1) {
      world.redshift.close(pid);
    }
    world.clock.advance(1200);
    const ends: (string | null)[] = [];
    for (let run = 0; run < 4; run += 1) {
      ends.push(await runAgain(world));
    }
    // Three runs are compared with: of each, the first that was believed is still among them until the fourth.
    expect(ends).toEqual(['SnapshotAnomalous', 'SnapshotAnomalous', 'SnapshotAnomalous', null]);
    expect(world.operators.messages).toHaveLength(3);
    expect(world.operators.messages[0]).toMatchObject({
      subject: 'Slotkeeper: run for analytics refused to act (SnapshotAnomalous)',
      body: expect.stringContaining("Expected at least 1/5 of 41 backends on target 'analytics'"),
    });
    const [, refused] = (await world.table.listRuns({ target: 'analytics' })).items;
    expect(refused).toMatchObject({ state: 'failed', counts: null, planHash: null, seen: { backends: 3 } });
    await expectLockFree(world);
  });

  it('warns nobody while it is refused, and ends nobody who was warned before', async () => {
    const world = worldOf(30);
    world.redshift.open({ pid: 501, idle: 3000 });
    expect(await runAgain(world)).toBeNull();
    const told = world.owners.messages.length;
    for (let pid = 600; pid < 900; pid += 1) {
      world.redshift.open({ pid, idle: 3000 });
    }
    world.clock.advance(1200);
    expect(await runAgain(world)).toBe('SnapshotAnomalous');
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned' });
    expect(world.owners.messages).toHaveLength(told);
    expect(world.redshift.backends.has(501)).toBe(true);
  });

  it('refuses fewer than the floor, its own session included', async () => {
    const world = worldOf(0);
    expect(await runAgain(world)).toBe('SnapshotAnomalous');
    expect(world.operators.messages[0]?.body).toContain('Expected at least 2 backends');
  });

  it('does not take what it ended itself for a wrong view', async () => {
    const world = createReaperWorld({ target: { sanity: SANITY } });
    for (let pid = 1; pid <= 60; pid += 1) {
      world.redshift.open({ pid, idle: 7200, user: 'scratch_1' });
    }
    expect(await runAgain(world)).toBeNull();
    expect([...world.redshift.backends.keys()].filter((pid) => pid <= 60)).toEqual([]);
    world.redshift.open({ pid: 70, idle: 10 });
    expect(await runAgain(world)).toBeNull();
  });
});

describe('a run under pressure', () => {
  it('ends after the shortened grace, and only as many as are needed', async () => {
    const rules = [UNWARNED, { ...EVERYONE, whenFreeSlotsBelow: { terminateAfter: 1800, grace: 60 } }];
    const world = createReaperWorld({
      rules,
      target: { slots: { limit: 12, reserved: 2, keepFree: 6 }, pressure: { terminate: 'always', steps: 1 } },
    });
    for (const pid of [501, 502, 503, 504]) {
      world.redshift.open({ pid, idle: 1800 + pid });
    }
    // Ten slots are not reserved; with the reaper's own five are taken, so five are free and one has to go.
    expect((await reap(world.ports)).failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({ counts: { warn: 4, terminate: 0 } });
    world.clock.advance(61);
    expect((await reap(world.ports)).failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({
      counts: { terminate: 1 },
      kept: { 'not-needed': 3, own: 1 },
      outcomes: { gone: 1 },
      unclaimed: {},
    });
    expect(await world.recordOf(504)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ FreeSlots: 6 });
    world.clock.advance(60);
    expect((await reap(world.ports)).failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({ counts: { terminate: 0 } });
  });
});

describe('a look after the terminations that shows nearly nobody', () => {
  it('takes nobody to be gone; a later run that sees them says what became of them', async () => {
    const world = worldOf(40);
    world.redshift.open({ pid: 501, idle: 4000, user: 'scratch_1' });
    const others = [...world.redshift.backends.values()].filter(({ pid }) => pid <= 38);
    Object.assign(world.redshift.backends.get(501) ?? {}, { outlives: 9 });
    world.redshift.before('look', 2, () => {
      for (const pid of [501, ...others.map((other) => other.pid)]) {
        world.redshift.backends.delete(pid);
      }
    });
    const { failure } = await reap(world.ports);
    expect(failure).toMatchObject({
      error: 'SnapshotAnomalous',
      cause: expect.stringContaining(
        "Expected at least 1/5 of 41 backends on target 'analytics' after the terminations (sanity.maxShrink: 5), got 3;",
      ),
    });
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminating', outcome: null });
    await expectLockFree(world);

    for (const other of others) {
      world.redshift.backends.set(other.pid, other);
    }
    expect(await runAgain(world)).toBeNull();
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
  });
});
