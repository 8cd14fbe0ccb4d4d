import { describe, expect, it } from 'vitest';
import { busyWorld } from '../support/busy-world.ts';
import { type CrashPlan, crashingPorts } from '../support/crashing-ports.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, type ReaperWorld, UNWARNED } from '../support/reaper-world.ts';
import { watchEnds } from '../support/watch-ends.ts';

const DUE = { idle: 7200, user: 'scratch_1' } as const;

function world(rounds = 3): ReaperWorld {
  return createReaperWorld({ engine: 'postgres', rules: [UNWARNED], rounds });
}

async function outcomesOf(reaped: ReaperWorld) {
  const { outcomes } = await reaped.lastRun();
  return Object.fromEntries(Object.entries(outcomes).filter(([, count]) => count > 0));
}

describe('a run on a PostgreSQL server', () => {
  it('warns, waits for the grace, ends and sees who is gone', async () => {
    const one = createReaperWorld({ engine: 'postgres' });
    one.redshift.open({ pid: 501, idle: 4000 });
    const first = await reap(one.ports);
    expect(first.failure).toBeNull();
    expect(await one.recordOf(501)).toMatchObject({ state: 'warned' });
    one.clock.advance(900);
    const second = await reap(one.ports);
    expect(second.states.filter((name) => !name.startsWith('Publish'))).toEqual([
      'KeepInput',
      'HasTurn',
      'BeginRun',
      'PlanPostgresActions',
      'IsDryRun',
      'HasNotices',
      'HasTerminations',
      'EndPostgresSessions',
      'IsTerminationSubmitted',
      'RecordPostgresOutcomes',
      'AreOutcomesSettled',
      'FinishRun',
    ]);
    expect(await one.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(one.redshift.backends.has(501)).toBe(false);
    expect(one.redshift.calls).toEqual({ submit: 0, describe: 0, fetchRows: 0, cancel: 0 });
    // A look by each run, an end and a look afterwards; each connection was let go.
    expect(one.direct.connections).toEqual({ opened: 4, closed: 4 });
  });

  it('tells by all five words what became of a backend', async () => {
    const one = world();
    one.redshift.open(
      { pid: 501, ...DUE },
      { pid: 502, ...DUE },
      { pid: 503, ...DUE },
      { pid: 504, ...DUE },
      { pid: 505, ...DUE, outlives: 99 },
    );
    one.redshift.before('termination', 1, () => {
      one.redshift.close(502);
      one.redshift.use(503);
      Object.assign(one.redshift.backends.get(504) ?? {}, { denied: true });
    });
    await reap(one.ports);
    expect(await outcomesOf(one)).toEqual({
      gone: 1,
      'already-gone': 1,
      'busy-again': 1,
      denied: 1,
      'still-there': 1,
    });
    const words = [501, 502, 503, 504, 505].map(async (pid) => (await one.recordOf(pid))?.outcome);
    expect(await Promise.all(words)).toEqual(['gone', 'already-gone', 'busy-again', 'denied', 'still-there']);
    await expectConsistent(one);
  });

  it('spares who was used between look and end, though it is idle again: its state changed', async () => {
    const one = world();
    one.redshift.open({ pid: 501, ...DUE });
    one.redshift.before('termination', 1, () => {
      one.clock.advance(1);
      one.redshift.use(501);
    });
    await reap(one.ports);
    expect(await one.recordOf(501)).toMatchObject({ outcome: 'busy-again' });
    expect(one.redshift.backends.has(501)).toBe(true);
  });

  it('asks again for those that outlive a signal, and says so at last', async () => {
    const one = world();
    one.redshift.open({ pid: 501, ...DUE, outlives: 1 });
    await reap(one.ports);
    const record = await one.recordOf(501);
    expect(record).toMatchObject({ outcome: 'gone' });
    const signals = record?.events.filter(({ type }) => type === 'termination-signalled') ?? [];
    expect(signals.map(({ detail }) => detail['round'])).toEqual([0]);
  });

  it('takes nobody for untouched when the answer was lost: who is gone then may have been ended by it', async () => {
    const one = world();
    one.redshift.open({ pid: 501, ...DUE }, { pid: 502, ...DUE, outlives: 1 });
    one.direct.fail('termination', 1, 'answer-lost');
    const { failure } = await reap(one.ports);
    expect(failure).toBeNull();
    expect(await outcomesOf(one)).toEqual({ gone: 2 });
    const record = await one.recordOf(501);
    expect(record?.events.at(-1)?.detail).toMatchObject({ signalled: null, statement: 'FAILED' });
  });

  it('takes a refusal of the whole statement for what it is', async () => {
    const one = world(1);
    one.redshift.open({ pid: 501, ...DUE });
    one.direct.fail('termination', 1, 'refused');
    await reap(one.ports);
    expect(await one.recordOf(501)).toMatchObject({ outcome: 'denied' });
  });

  it('fails, tells the operators and does nothing when it does not get in', async () => {
    const one = world();
    one.redshift.open({ pid: 501, ...DUE });
    one.direct.full = true;
    const { failure } = await reap(one.ports);
    expect(failure).toMatchObject({
      error: 'NoSlotLeft',
      cause: expect.stringContaining('pg_use_reserved_connections'),
    });
    expect(await one.lastRun()).toMatchObject({ state: 'failed', error: { name: 'NoSlotLeft' }, counts: null });
    expect(one.redshift.backends.has(501)).toBe(true);
    expect(one.operators.messages).toHaveLength(1);
  });

  it('records no end that it did not see, when the server dies in the middle', async () => {
    const one = world();
    one.redshift.open({ pid: 501, ...DUE });
    one.direct.fail('look', 2, 'lost');
    const { failure } = await reap(one.ports);
    expect(failure).toMatchObject({ error: 'ServerGone' });
    expect(await one.recordOf(501)).toMatchObject({ state: 'terminating', outcome: null });
    one.clock.advance(961);
    await reap(one.ports);
    expect(await one.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
  });

  it('comes to the same plan when dry, and neither ends nor tells', async () => {
    const one = createReaperWorld({ engine: 'postgres' });
    one.redshift.open({ pid: 501, idle: 4000 }, { pid: 502, ...DUE });
    await reap(one.ports, true);
    const dry = await one.lastRun();
    expect(one.owners.messages).toHaveLength(0);
    one.clock.advance(1);
    await reap(one.ports);
    expect((await one.lastRun()).planHash).toBe(dry.planHash);
    expect(one.redshift.backends.has(502)).toBe(false);
  });

  it('is refused where its user cannot see what others do', async () => {
    const one = world();
    one.redshift.seesEveryone = false;
    const { failure } = await reap(one.ports);
    expect(failure).toMatchObject({ error: 'CanaryFailed', cause: expect.stringContaining('pg_monitor') });
  });

  it('frees first whom others wait for, when slots are short', async () => {
    const rule = { ...UNWARNED, match: {}, terminateAfter: null, whenFreeSlotsBelow: { terminateAfter: 60 } };
    const one = createReaperWorld({ engine: 'postgres', rules: [rule] });
    const { redshift, clock } = one;
    redshift.open(
      { pid: 501, idle: 7200 },
      { pid: 502, idle: 100, transactionStartedAt: clock.now(), holdsLocks: true, blocks: 4 },
    );
    redshift.open(...Array.from({ length: 88 }, (_, index) => ({ pid: 1000 + index, running: true })));
    await reap(one.ports);
    expect([501, 502].map((pid) => redshift.backends.has(pid))).toEqual([true, false]);
  });
});

const never = { call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' } as const;

async function crash(plan: CrashPlan) {
  const one = await busyWorld('postgres');
  const ends = watchEnds(one);
  const { ports, count } = crashingPorts(one.ports, plan);
  await reap(ports);
  await ends.settle();
  await expectConsistent(one);
  return { one, calls: count(), wrong: ends.wrong };
}

describe('a run on a PostgreSQL server that crashes at any of its calls', () => {
  it.each([
    ['process', 'before'],
    ['process', 'after'],
    ['step', 'after'],
  ] as const)('(its %s, %s the call) harms nobody and is made good by the next', async (what, when) => {
    const { calls } = await crash(never);
    expect(calls).toBeGreaterThan(40);
    for (let call = 1; call <= calls; call += 1) {
      const { one, wrong } = await crash({ call, when, what });
      const ends = watchEnds(one);
      one.clock.advance(961);
      const next = await reap(one.ports);
      await ends.settle();
      await expectConsistent(one);
      const where = `crash ${when} call ${call}`;
      expect([...wrong, ...ends.wrong], where).toEqual([]);
      expect(next.failure, where).toBeNull();
      const backends = (await one.table.listBackends({ target: 'analytics' })).items;
      expect(
        backends.filter(({ state }) => state === 'terminating'),
        where,
      ).toEqual([]);
      expect(
        [501, 506, 508].filter((pid) => one.redshift.backends.has(pid)),
        where,
      ).toEqual([]);
      expect(
        [504, 507].filter((pid) => !one.redshift.backends.has(pid)),
        where,
      ).toEqual([]);
      // Whoever was ended by a run is never said to have left by itself.
      const words = backends.filter(({ outcome }) => outcome === 'already-gone').map(({ identity }) => identity.pid);
      expect(words, where).toEqual([]);
    }
  });
});
