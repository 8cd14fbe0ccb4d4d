import { describe, expect, it } from 'vitest';
import { busyWorld } from '../support/busy-world.ts';
import { type CrashPlan, crashingPorts } from '../support/crashing-ports.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { reap } from '../support/reap-machine.ts';
import { type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { watchEnds } from '../support/watch-ends.ts';

async function isLockFree({ table, clock }: ReaperWorld): Promise<boolean> {
  const now = clock.now().toISOString();
  const expiresAt = new Date(clock.now().getTime() + 1).toISOString();
  const answer = await table.takeRunLock({ target: TARGET, runId: 'probe', now, expiresAt });
  await table.releaseRunLock({ target: TARGET, runId: 'probe' });
  return answer.taken;
}

async function crash(plan: CrashPlan): Promise<{ world: ReaperWorld; calls: number; wrong: string[] }> {
  const world = await busyWorld();
  const ends = watchEnds(world);
  const { ports, count } = crashingPorts(world.ports, plan);
  await reap(ports);
  await ends.settle();
  await expectConsistent(world);
  return { world, calls: count(), wrong: ends.wrong };
}

const never = { call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' } as const;

describe('a run that crashes at any of its calls', () => {
  it('does its whole work when nothing crashes', async () => {
    const { world, wrong } = await crash(never);
    expect(wrong).toEqual([]);
    expect((await world.lastRun()).outcomes).toEqual({
      gone: 3,
      'already-gone': 0,
      'busy-again': 1,
      denied: 0,
      'still-there': 0,
    });
    expect((await world.lastRun()).counts).toMatchObject({ warn: 1, terminate: 4, recovered: 1 });
    expect(await world.recordOf(504)).toMatchObject({ state: 'recovered' });
    expect(await world.recordOf(505)).toMatchObject({ state: 'gone' });
  });

  it.each(['before', 'after'] as const)(
    'by the death of its process %s the call, harms nobody and is made good by the next',
    async (when) => {
      const { calls } = await crash(never);
      expect(calls).toBeGreaterThan(50);
      for (let call = 1; call <= calls; call += 1) {
        const { world, wrong } = await crash({ call, when, what: 'process' });
        const ends = watchEnds(world);
        world.clock.advance(961);
        const next = await reap(world.ports);
        await ends.settle();
        await expectConsistent(world);

        const where = `crash ${when} call ${call}`;
        expect([...wrong, ...ends.wrong], where).toEqual([]);
        expect(next.failure, where).toBeNull();
        expect(next.states, where).toContain('FinishRun');
        expect(await isLockFree(world), where).toBe(true);
        const runs = (await world.table.listRuns({ target: TARGET })).items;
        expect(
          runs.filter((run) => run.state === 'running'),
          where,
        ).toEqual([]);
        const backends = (await world.table.listBackends({ target: TARGET })).items;
        expect(
          backends.filter((record) => record.state === 'terminating'),
          where,
        ).toEqual([]);
        // Those that were due are gone by now; those in use, or not yet warned for long enough, are not.
        expect(
          [501, 506, 508].filter((pid) => world.redshift.backends.has(pid)),
          where,
        ).toEqual([]);
        expect(
          [504, 507].filter((pid) => !world.redshift.backends.has(pid)),
          where,
        ).toEqual([]);
      }
    },
  );

  it.each(['before', 'after'] as const)('once, %s the call, gives the lock back at once', async (when) => {
    const { calls } = await crash(never);
    for (let call = 1; call <= calls; call += 1) {
      const { world, wrong } = await crash({ call, when, what: 'call' });
      const where = `failure ${when} call ${call}`;
      expect(wrong, where).toEqual([]);
      expect(await isLockFree(world), where).toBe(true);
      const runs = (await world.table.listRuns({ target: TARGET })).items;
      expect(
        runs.filter((run) => run.state === 'running'),
        where,
      ).toEqual([]);
    }
  });
});
