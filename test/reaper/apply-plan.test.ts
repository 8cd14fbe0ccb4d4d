import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beginHold } from '../../src/lifecycle/change-client-record.ts';
import { createSnoozeSession } from '../../src/reaper/snooze/snooze-session.ts';
import { apply, approve, effects, preparedWorld, WITHOUT_ENDS } from '../support/approved-plan.ts';
import { createPooledWorld, openPooled, pooled, tryLease } from '../support/pooled-world.ts';
import { reap, runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET, UNWARNED } from '../support/reaper-world.ts';

const NOBODY = { target: TARGET, pid: 0, startedAt: '2026-11-20T00:00:00Z', user: 'nobody' };

describe('applying an approved plan', () => {
  it('acts on exactly its members, and keeps whoever became due since', async () => {
    const world = await preparedWorld();
    const approved = await approve(world);
    expect(approved.plan.members.map(({ identity, action }) => [identity.pid, action])).toEqual([
      [501, 'warn'],
      [502, 'terminate'],
      [503, 'terminate'],
    ]);
    world.clock.advance(60);
    world.redshift.open({ pid: 505, idle: 9000, user: 'scratch_2' }, { pid: 506, idle: 2000, user: 'ana' });

    expect((await apply(world, approved)).failure).toBeNull();

    expect([...world.redshift.backends.keys()].filter((pid) => pid < 1000).sort()).toEqual([501, 504, 505, 506]);
    expect((await world.recordOf(501))?.state).toBe('warned');
    expect(await world.recordOf(506)).toBeUndefined();
    const run = await world.lastRun();
    expect(run).toMatchObject({
      dryRun: false,
      apply: { hash: approved.plan.hash, runId: approved.runId },
      planHash: approved.plan.hash,
      kept: { 'not-in-plan': 2 },
      outcomes: { gone: 2 },
    });
    const { keep = 0, warn = 0, terminate = 0, backends } = run.counts ?? {};
    expect(keep + warn + terminate).toBe(backends);
  });

  it.each([
    ['was used again', (world: ReaperWorld) => world.redshift.use(502), /pid 502 .* was used since: last active/],
    ['went away', (world: ReaperWorld) => world.redshift.close(503), /pid 503 .*\(scratch_1\) is gone/],
    [
      'runs a statement',
      (world: ReaperWorld) => {
        const backend = world.redshift.backends.get(501);
        if (backend !== undefined) {
          backend.running = true;
        }
      },
      /pid 501 .* is now keep \(running\), approved as warn \(due-warning, rule everyone\)/,
    ],
    [
      'is kept by its owner',
      async (world: ReaperWorld) => {
        const record = await world.recordOf(502);
        const snooze = createSnoozeSession(world.ports);
        await snooze({ identity: record?.identity ?? NOBODY, idleSince: null, seconds: 3600, by: () => 'cli:ann' });
      },
      /pid 502 .* is now keep \(snoozed, rule everyone\), approved as terminate/,
    ],
    [
      'is not ended because its client comes back at once',
      async (world: ReaperWorld) => {
        const client = { user: 'scratch_1', application: 'Tableau', clientHost: '10.0.0.7' };
        const at = world.clock.now().toISOString();
        const hold = { client, reconnects: 3, limit: 3, until: '2026-11-21T15:00:00.000Z' };
        await world.table.saveClient(beginHold(null, { target: TARGET, hold, runId: 'r', at, by: 'run:r' }));
      },
      /pid 503 .* is now keep \(thrashing, rule scratch-users\), approved as terminate/,
    ],
    [
      'was warned by another run',
      async (world: ReaperWorld) => void (await reap({ ...world.ports, config: WITHOUT_ENDS })),
      /pid 501 .* is now keep \(warned-waiting, rule everyone\)/,
    ],
  ])('is refused whole when a member %s', async (_, change, told) => {
    const world = await preparedWorld();
    const approved = await approve(world);
    await change(world);
    const before = await effects(world);

    const { failure } = await apply(world, approved);

    expect(failure).toMatchObject({ error: 'PlanChanged', cause: expect.stringMatching(told) });
    expect(await effects(world)).toEqual(before);
    expect(world.operators.messages.at(-1)?.body).toContain('PlanChanged');
    expect(
      await world.table.holdsRunLock({
        target: TARGET,
        runId: (await world.lastRun()).runId,
        now: world.clock.now().toISOString(),
      }),
    ).toBe(false);
  });

  it('drains and ends a session of the pool, and is refused when the pool has lent it out since', async () => {
    const world = createPooledWorld();
    await openPooled(world, { pid: 501, idle: 4000 });
    await openPooled(world, { pid: 502, idle: 4000, slot: 1 });
    const approved = await approve(world);
    await tryLease(world, 'acme', 1);
    expect((await apply(world, approved)).failure).toMatchObject({
      error: 'PlanChanged',
      cause: expect.stringMatching(/1 changed: pid 502 .* is now keep \(leased\), approved as terminate/),
    });
    expect(await pooled(world)).toMatchObject({ state: 'available' });
    world.clock.advance(600);
    expect((await apply(world, approved)).failure).toBeNull();
    expect([501, 502].filter((pid) => world.redshift.backends.has(pid))).toEqual([]);
    expect(await pooled(world)).toMatchObject({ state: 'ended' });
  });

  it('is refused when the rules have changed its members', async () => {
    const world = await preparedWorld();
    const approved = await approve(world);
    const stricter = createReaperWorld({ rules: [UNWARNED, { ...EVERYONE, terminateAfter: 9000 }] }).config;
    const { failure } = await apply({ ...world, ports: { ...world.ports, config: stricter } }, approved);
    expect(failure).toMatchObject({
      error: 'PlanChanged',
      cause: expect.stringMatching(/1 changed: pid 502 .* is now keep \(below-termination, rule everyone\)/),
    });
  });

  it('is refused past its validity, by the clock of the server, and not at its last second', async () => {
    const world = await preparedWorld();
    const approved = await approve(world);
    world.clock.advance(900);
    const inTime = await apply(world, approved);
    expect(inTime.failure).toBeNull();

    const again = await preparedWorld();
    const late = await approve(again);
    again.clock.advance(901);
    const before = await effects(again);
    expect((await apply(again, late)).failure).toMatchObject({
      error: 'PlanExpired',
      cause: expect.stringMatching(/at most 15m old \(runs\.planValidFor\), it is 15m 1s old\. Nothing was done/),
    });
    expect(await effects(again)).toEqual(before);
  });

  it('is refused when nothing of that hash is stored, and when the caps do not allow it', async () => {
    const world = await preparedWorld({ caps: { maxTerminations: 1, maxShare: 1 } });
    expect((await reap(world.ports, true)).failure).toMatchObject({ error: 'CapExceeded' });
    const { runId } = await world.lastRun();
    const plan = await world.table.readPlan({ target: TARGET, runId });
    const hash = plan?.hash ?? '';
    const input = (changes: { hash?: string; runId?: string }) => ({
      target: TARGET,
      apply: { hash, runId, ...changes },
    });
    for (const wrong of [{ hash: 'f'.repeat(64) }, { runId: 'nobody' }]) {
      expect((await runReapMachine(world.ports, input(wrong))).failure).toMatchObject({ error: 'PlanUnknown' });
    }
    expect((await runReapMachine(world.ports, input({}))).failure).toMatchObject({ error: 'CapExceeded' });
    expect(world.redshift.backends.has(503)).toBe(true);
  });

  it('is no dry run, and names a whole hash', async () => {
    const world = createReaperWorld();
    const run = (input: { target: string } & Record<string, string | boolean | Record<string, string>>) =>
      runReapMachine(world.ports, input);
    const apply = { hash: 'a'.repeat(64), runId: 'run-1' };
    expect((await run({ target: TARGET, dryRun: true, apply })).failure).toMatchObject({ error: 'InvalidRunInput' });
    expect((await run({ target: TARGET, apply: { ...apply, hash: 'abc' } })).failure).toMatchObject({
      error: 'InvalidRunInput',
      cause: expect.stringContaining('expected the 64 hex digits of a plan'),
    });
    expect((await run({ target: TARGET, apply: { ...apply, more: 'x' } })).failure).toMatchObject({
      error: 'InvalidRunInput',
    });
  });
});

describe('whatever happens between the look and its approval', () => {
  const sketch = fc.record({
    idle: fc.constantFrom(0, 1799, 1800, 3600, 4000),
    user: fc.constantFrom('bi_reader', 'bi_reader', 'etl', 'scratch_1'),
    running: fc.constantFrom(false, false, false, true),
  });
  const change = fc.record({
    pid: fc.integer({ min: 501, max: 510 }),
    what: fc.constantFrom('use' as const, 'close' as const, 'open' as const, 'open' as const),
  });

  it('a run that applies a plan acts on exactly its members, or on nobody', async () => {
    let applied = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(sketch, { minLength: 1, maxLength: 6 }),
        fc.array(change, { maxLength: 3 }),
        fc.constantFrom(0, 60, 899, 901),
        async (sketches, changes, seconds) => {
          const world = createReaperWorld();
          world.redshift.open(...sketches.map((one, index) => ({ pid: 501 + index, ...one })));
          await reap(world.ports);
          world.clock.advance(1000);
          const approved = await approve(world);
          world.clock.advance(seconds);
          for (const { pid, what } of changes) {
            const isThere = world.redshift.backends.has(pid);
            if (what === 'open' && !isThere) {
              world.redshift.open({ pid, idle: 9000, user: 'scratch_9' });
            } else if (what === 'use' && isThere) {
              world.redshift.use(pid);
            } else if (what === 'close' && isThere) {
              world.redshift.close(pid);
            }
          }
          const before = await effects(world);
          const { failure } = await apply(world, approved);
          const { runId } = await world.lastRun();
          if (failure !== null) {
            refused += 1;
            expect(['PlanChanged', 'PlanExpired']).toContain(failure.error);
            expect(await effects(world)).toEqual(before);
            return;
          }
          applied += 1;
          const { records } = await effects(world);
          const acted = records.filter((record) =>
            record.events.some(({ by, type }) => by === `run:${runId}` && type !== 'recovered' && type !== 'gone'),
          );
          const pids = (list: readonly { identity: { pid: number } }[]) =>
            list.map(({ identity }) => identity.pid).sort();
          expect(pids(acted)).toEqual(pids(approved.plan.members));
          expect((await world.table.readPlan({ target: TARGET, runId }))?.hash).toBe(approved.plan.hash);
        },
      ),
      { numRuns: 60 },
    );
    expect(applied).toBeGreaterThan(5);
    expect(refused).toBeGreaterThan(5);
  });
});
