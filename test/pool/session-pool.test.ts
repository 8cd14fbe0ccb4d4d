import { describe, expect, it } from 'vitest';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };

async function errorOf(action: Promise<unknown>): Promise<Error & { cause?: unknown }> {
  return action.then(
    () => {
      throw new Error('Expected a rejection.');
    },
    (error: Error) => error,
  );
}

describe('a container', () => {
  it('opens a session with its first query and answers the next ones with two Data API calls and no table call', async () => {
    const { clock, api, container, tableCalls } = poolWorld();
    const pool = container();
    const first = await clock.finish(pool.query({ ...acme, sql: sql({ value: 'a', ms: 200 }) }));
    expect(first).toMatchObject({ rows: [['a']], reusedSession: false, nextToken: null });
    expect(tableCalls.count).toBe(5);
    expect(api.calls).toEqual({ ExecuteStatement: 1, GetStatementResult: 1 });
    tableCalls.count = 0;
    const before = { ...api.calls };
    const second = await clock.finish(pool.query({ ...acme, sql: sql({ value: 'b', ms: 200 }) }));
    expect(second).toMatchObject({ rows: [['b']], reusedSession: true });
    expect(tableCalls.count).toBe(0);
    expect(api.calls['ExecuteStatement']).toBe((before['ExecuteStatement'] ?? 0) + 1);
    expect(api.calls['GetStatementResult']).toBe((before['GetStatementResult'] ?? 0) + 1);
    expect(api.calls['DescribeStatement']).toBe(before['DescribeStatement']);
  });

  it('that is cold takes an idle session with two table calls', async () => {
    const { clock, api, container, tableCalls } = poolWorld();
    const warm = container();
    await clock.finish(warm.query({ ...acme, sql: sql({ value: 'a' }) }));
    await clock.finish(warm.giveBack());
    tableCalls.count = 0;
    const answer = await clock.finish(container().query({ ...acme, sql: sql({ value: 'b' }) }));
    expect(answer.reusedSession).toBe(true);
    expect(tableCalls.count).toBe(2);
    expect(api.calls['ListSessions']).toBeUndefined();
  });

  it('takes over the session of a frozen one after its lease, once the server shows it idle', async () => {
    const { clock, api, container, table } = poolWorld();
    await clock.finish(container().query({ ...acme, sql: sql({ value: 'a' }) }));
    await clock.advance(18_000);
    const answer = await clock.finish(container().query({ ...acme, sql: sql({ value: 'b' }) }));
    expect(answer.reusedSession).toBe(true);
    expect(api.calls['ListSessions']).toBe(1);
    const [record] = (await table.readPool(exampleKey())).sessions;
    expect(record?.events.map(({ type }) => type)).toEqual(['creating', 'opened', 'taken-over']);
    expect(record?.fence).toBe(2);
  });

  it('that thaws after its lease takes it again if nobody else did, and another session if somebody did', async () => {
    const { clock, api, container } = poolWorld();
    const frozen = container();
    await clock.finish(frozen.query({ ...acme, sql: sql({ value: 1 }) }));
    await clock.advance(60_000);
    expect((await clock.finish(frozen.query({ ...acme, sql: sql({ value: 2 }) }))).reusedSession).toBe(true);
    expect(api.calls['ListSessions']).toBeUndefined();
    await clock.advance(60_000);
    const other = container();
    await clock.finish(other.query({ ...acme, sql: sql({ value: 3 }) }));
    expect((await clock.finish(frozen.query({ ...acme, sql: sql({ value: 4 }) }))).reusedSession).toBe(false);
    expect(api.liveOf('tenant_acme')).toBe(2);
    expect(api.violations).toEqual([]);
  });

  it('leaves a session alone whose holder is dead while its statement still runs', async () => {
    const { clock, api, container, table } = poolWorld();
    const doomed = container();
    const lost = doomed.query({ ...acme, sql: sql({ ms: 200_000 }), timeoutMs: 300_000 });
    await clock.advance(5_000);
    doomed.crash();
    await clock.advance(80_000);
    const answer = await clock.finish(container().query({ ...acme, sql: sql({ value: 'x' }) }));
    expect(answer.reusedSession).toBe(false);
    const busy = (await table.readPool(exampleKey())).sessions.find(({ slot }) => slot === 0);
    expect(busy?.state === 'creating' || busy?.lease?.use === 'statement').toBe(true);
    expect(await Promise.race([lost, Promise.resolve('never')])).toBe('never');
    expect(api.violations).toEqual([]);
  });
});

it('lets no submission leave after its lease: the end of the lease goes with it', async () => {
  const { clock, api, container, table } = poolWorld();
  const pool = container();
  for (const value of ['created', 'warm']) {
    await clock.finish(pool.query({ ...acme, sql: sql({ value }) }));
  }
  const [record] = (await table.readPool(exampleKey())).sessions;
  expect(api.submissions().map(({ notAfter }) => notAfter.toISOString())).toEqual([
    '2026-11-20T15:00:30.000Z',
    record?.lease?.until,
  ]);
});

describe('a session that the server closed', () => {
  it('is found out by the refusal, ended, and the query goes to another one: once, and nobody hears of it', async () => {
    const { clock, api, container, table, counts } = poolWorld();
    const pool = container();
    await clock.finish(pool.query({ ...acme, sql: sql({ value: 'a' }) }));
    api.kill(0);
    const answer = await clock.finish(pool.query({ ...acme, sql: sql({ value: 'b' }) }));
    expect(answer).toMatchObject({ rows: [['b']], reusedSession: false });
    expect(api.runsOf('b')).toBe(1);
    expect(counts['SessionInvalid']).toBe(1);
    const [record] = (await table.readPool(exampleKey())).sessions;
    expect(record?.events.map(({ type }) => type)).toEqual(['creating', 'opened', 'ended', 'creating', 'opened']);
    expect(record).toMatchObject({ state: 'leased', version: 5 });
  });

  it('together with all the others, as after a restart, is no reason to fail: no dead one is tried twice', async () => {
    const { clock, api, container } = poolWorld({ maxPerTenant: 4 });
    const pool = container();
    const ask = (value: string) => pool.query({ ...acme, sql: sql({ value, ms: 100 }) });
    await clock.finish(Promise.all(['a', 'b', 'c', 'd'].map(ask)));
    expect(api.liveOf('tenant_acme')).toBe(4);
    for (let left = 4; left > 0; left -= 1) {
      expect(api.kill(0)).toBe(true);
    }
    const before = api.calls['ExecuteStatement'] ?? 0;
    expect((await clock.finish(ask('e'))).rows).toEqual([['e']]);
    // One refused submission and one that ran.
    expect(api.calls['ExecuteStatement']).toBe(before + 2);
    expect(api.runsOf('e')).toBe(1);
  });

  it('frees its target slot, so that a full target has room for the next', async () => {
    const { clock, api, container, table } = poolWorld({ maxPerTarget: 1 });
    const pool = container();
    for (const value of ['a', 'b', 'c']) {
      await clock.finish(pool.query({ ...acme, sql: sql({ value }) }));
      api.kill(0);
    }
    expect(await table.readTargetSlots('analytics')).toHaveLength(1);
    expect(api.most['all']).toBe(1);
  });

  it('by its keep-alive is forgotten by the pool at the same time, with the reason in its history', async () => {
    const { clock, container, table, counts } = poolWorld({ keepAliveSeconds: 300 });
    const pool = container();
    await clock.finish(pool.query({ ...acme, sql: sql({ value: 'a' }) }));
    await clock.finish(pool.giveBack());
    await clock.advance(311_000);
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 'b' }) }))).reusedSession).toBe(false);
    const { sessions } = await table.readPool(exampleKey());
    expect(sessions[0]?.events.find(({ type }) => type === 'ended')?.detail).toMatchObject({ reason: 'expired' });
    expect(counts['SessionExpired']).toBe(1);
  });
});

describe('keep-alive', () => {
  it('counts from the end of the last statement, not from its start or from the creation', async () => {
    const { clock, container } = poolWorld({ keepAliveSeconds: 60, leaseSeconds: 10 });
    const pool = container();
    await clock.finish(pool.query({ ...acme, sql: sql({ ms: 100_000, value: 'a' }), timeoutMs: 200_000 }));
    for (let round = 0; round < 5; round += 1) {
      await clock.advance(45_000);
      expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: round }) }))).reusedSession).toBe(true);
    }
  });

  it('cannot carry a session past its lifetime: it is retired, and closed within seconds', async () => {
    const { clock, api, container, table } = poolWorld({ lifetimeSeconds: 600, jitter: 0.1 });
    const pool = container();
    for (let minute = 0; minute < 12; minute += 1) {
      await clock.finish(pool.query({ ...acme, sql: sql({ value: minute }) }));
      await clock.advance(60_000);
    }
    const [record] = (await table.readPool(exampleKey())).sessions;
    expect(record?.events.map(({ type }) => type)).toContain('draining');
    expect(api.liveOf('tenant_acme')).toBeLessThanOrEqual(1);
  });
});

describe('bounds', () => {
  it('hold for many callers of one process, who all get their own answer in line', async () => {
    const { clock, api, container, tableCalls } = poolWorld({ maxPerTenant: 3 });
    const pool = container();
    const answers = await clock.finish(
      Promise.all(Array.from({ length: 60 }, (_, value) => pool.query({ ...acme, sql: sql({ value, ms: 100 }) }))),
    );
    expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 60 }, (_, value) => value));
    expect(api.most['tenant_acme']).toBe(3);
    // Three creations, and little more: sessions are handed over within the process.
    expect(tableCalls.count).toBeLessThan(30);
  });

  it('hold for many cold containers at once, which hand sessions to each other', async () => {
    const { clock, api, container } = poolWorld({ maxPerTenant: 3, waitSeconds: 60 });
    const started = clock.now().getTime();
    const answers = await clock.finish(
      Promise.all(
        Array.from({ length: 12 }, (_, value) => container().query({ ...acme, sql: sql({ value, ms: 500 }) })),
      ),
    );
    expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 12 }, (_, value) => value));
    expect(api.most['tenant_acme']).toBeLessThanOrEqual(3);
    expect(api.violations).toEqual([]);
    // Only the first holders keep their lease to its end; whoever saw others wait gives it back after use.
    expect(clock.now().getTime() - started).toBeLessThan(20_000);
  });

  it('of the target hold over all tenants', async () => {
    const { clock, api, container } = poolWorld({ maxPerTenant: 3, maxPerTarget: 5, waitSeconds: 1 });
    const pools = Array.from({ length: 6 }, () => container());
    const outcomes = await clock.finish(
      Promise.allSettled(
        pools.flatMap((pool, tenant) =>
          Array.from({ length: 3 }, () => pool.query({ tenantId: `t${tenant}`, sql: sql({ ms: 50_000, value: 1 }) })),
        ),
      ),
    );
    expect(api.most['all']).toBe(5);
    const names = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.name] : []));
    expect(names).toHaveLength(13);
    expect(new Set(names)).toEqual(new Set(['PoolExhausted']));
  });

  it('that are reached end in PoolExhausted after the wait, with nobody left in line', async () => {
    const { clock, container, table } = poolWorld({ maxPerTenant: 1, waitSeconds: 20 });
    const pool = container();
    const long = pool.query({ ...acme, sql: sql({ ms: 50_000, value: 1 }) });
    await clock.advance(10);
    const started = clock.now().getTime();
    const late = errorOf(container().query({ ...acme, sql: sql({ value: 2 }) }));
    await clock.advance(1_000);
    expect((await table.readPool(exampleKey())).waiting).toHaveLength(1);
    expect((await clock.finish(late)).name).toBe('PoolExhausted');
    expect(clock.now().getTime() - started).toBeGreaterThanOrEqual(20_000);
    expect(clock.now().getTime() - started).toBeLessThan(21_500);
    expect((await table.readPool(exampleKey())).waiting).toEqual([]);
    expect((await clock.finish(long)).rows).toEqual([[1]]);
  });
});

describe('creation', () => {
  it('that died before its session was asked for leaves a trace that frees itself', async () => {
    const { clock, api, container, table } = poolWorld({ maxPerTenant: 1, maxPerTarget: 1 });
    const doomed = container();
    void doomed.query({ ...acme, sql: sql({ value: 'lost', ms: 20_000 }) });
    await clock.advance(100);
    doomed.crash();
    expect((await table.readPool(exampleKey())).sessions[0]?.state).toBe('creating');
    await clock.advance(90_000);
    // Its statement had been taken: the session is found by the statement's name and adopted, not opened anew.
    const answer = await clock.finish(container().query({ ...acme, sql: sql({ value: 'next' }) }));
    expect(answer.reusedSession).toBe(true);
    expect(api.most['tenant_acme']).toBe(1);
    expect((await table.readTargetSlots('analytics')).map(({ holder }) => holder)).toEqual([
      (await table.readPool(exampleKey())).sessions[0]?.id,
    ]);
  });

  it('whose answer was lost is found again too, and the statement is not run twice', async () => {
    const { clock, api, container } = poolWorld({ maxPerTenant: 1 });
    api.failNextSubmit('lose-answer');
    const pool = container();
    expect((await errorOf(clock.finish(pool.query({ ...acme, sql: sql({ value: 'a' }) })))).name).toBe('DataApiFailed');
    expect(api.runsOf('a')).toBe(1);
    await clock.advance(90_000);
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 'b' }) }))).reusedSession).toBe(true);
  });

  it('that the service is too busy for is asked for once more, and then frees its slots at once', async () => {
    const { clock, api, container, table } = poolWorld();
    const pool = container();
    api.failNextSubmit('refuse');
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 'a' }) }))).rows).toEqual([['a']]);
    api.failNextSubmit('refuse');
    api.failNextSubmit('refuse');
    const error = await errorOf(clock.finish(pool.query({ tenantId: 'blue', sql: sql({ value: 'b' }) })));
    expect(error.name).toBe('PoolExhausted');
    expect(api.runsOf('b')).toBe(0);
    const { sessions } = await table.readPool(exampleKey({ tenant: 'blue', dbUser: 'tenant_blue' }));
    expect(sessions).toMatchObject([{ state: 'ended', endReason: 'never-opened' }]);
    expect(await table.readTargetSlots('analytics')).toHaveLength(1);
  });
});

describe('a statement', () => {
  it('that fails is not run again, and the session serves the next', async () => {
    const { clock, api, container } = poolWorld();
    const pool = container();
    const failed = pool.query({ ...acme, sql: sql({ fail: 'ERROR: relation "x" does not exist', value: 'f' }) });
    expect(await errorOf(clock.finish(failed))).toMatchObject({
      name: 'StatementFailed',
      message: 'ERROR: relation "x" does not exist',
    });
    expect(api.runsOf('f')).toBe(1);
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 1 }) }))).reusedSession).toBe(true);
  });

  it('that takes too long is cancelled and told as QueryTimedOut, and the session serves the next', async () => {
    const { clock, container, api } = poolWorld();
    const pool = container();
    const slow = errorOf(pool.query({ ...acme, sql: sql({ ms: 3_600_000 }), timeoutMs: 40_000 }));
    expect((await clock.finish(slow)).name).toBe('QueryTimedOut');
    expect(api.calls['CancelStatement']).toBe(1);
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 1 }) }))).reusedSession).toBe(true);
  });

  it('of transaction control is refused outside withSession, and one that leaves traces retires its session', async () => {
    const { clock, container } = poolWorld();
    const pool = container();
    const begin = errorOf(pool.query({ ...acme, sql: '/* x */ begin' }));
    expect((await clock.finish(begin)).name).toBe('BadRequest');
    await clock.finish(pool.query({ ...acme, sql: 'set search_path to other' }));
    expect((await clock.finish(pool.query({ ...acme, sql: sql({ value: 1 }) }))).reusedSession).toBe(false);
  });
});

describe('withSession', () => {
  it('runs several statements on one session, rolls back what is left open, and gives it back', async () => {
    const { clock, api, container, table } = poolWorld();
    const pool = container();
    const values = await clock.finish(
      pool.withSession('acme', async (session) => {
        await session.query({ sql: 'begin' });
        const one = await session.query({ sql: sql({ value: 'one' }) });
        const two = await session.query({ sql: sql({ value: 'two' }) });
        return [one.rows[0]?.[0], two.rows[0]?.[0]];
      }),
    );
    expect(values).toEqual(['one', 'two']);
    expect(api.liveOf('tenant_acme')).toBe(1);
    expect(api.calls['ExecuteStatement']).toBe(4);
    expect((await table.readPool(exampleKey())).sessions[0]?.state).toBe('available');
  });

  it('that dies is retired by who comes next, because nobody knows what it left', async () => {
    const { clock, api, container, table } = poolWorld({ maxPerTenant: 1, waitSeconds: 60 });
    const doomed = container();
    void doomed.withSession('acme', async (session) => {
      await session.query({ sql: 'begin' });
      await new Promise(() => undefined);
    });
    await clock.advance(100);
    doomed.crash();
    await clock.advance(20_000);
    const next = await clock.finish(container().query({ ...acme, sql: sql({ value: 'x' }) }));
    expect(next.reusedSession).toBe(false);
    const [record] = (await table.readPool(exampleKey())).sessions;
    expect(record?.events.map(({ type }) => type)).toContain('draining');
    expect(api.most['tenant_acme']).toBe(1);
  });

  it('tells SessionLost when its session died between two statements, and does not go on elsewhere', async () => {
    const { clock, api, container } = poolWorld();
    const pool = container();
    const work = pool.withSession('acme', async (session) => {
      await session.query({ sql: 'begin' });
      api.kill(0);
      await session.query({ sql: sql({ value: 'second' }) });
    });
    expect((await errorOf(clock.finish(work))).name).toBe('SessionLost');
    expect(api.runsOf('second')).toBe(0);
  });
});

describe('submit', () => {
  it('leaves the lease to the statement, whose event gives it back: repeated, late or unknown ones do no harm', async () => {
    const { clock, api, container, table } = poolWorld({ maxPerTenant: 1, waitSeconds: 1 });
    const { statementId } = await clock.finish(container().submit({ ...acme, sql: sql({ ms: 500_000, value: 7 }) }));
    const reader = container();
    expect(await clock.finish(reader.result({ ...acme, statementId }))).toEqual({ status: 'running', statementId });
    await clock.advance(200_000);
    const early = errorOf(container().query({ ...acme, sql: sql({ value: 1 }) }));
    expect((await clock.finish(early)).name).toBe('PoolExhausted');
    await clock.advance(400_000);
    const [event] = api.events();
    if (event === undefined) {
      throw new Error('Expected an event.');
    }
    const releaser = container();
    expect(await clock.finish(releaser.releaseByStatement({ ...event, statementName: 'mine' }))).toBe('not-ours');
    const foreign = { ...event, statementId: '00000000-0000-4000-8000-999999999999' };
    expect(await clock.finish(releaser.releaseByStatement(foreign))).toBe('unknown');
    expect(await clock.finish(releaser.releaseByStatement(event))).toBe('released');
    expect(await clock.finish(releaser.releaseByStatement(event))).toBe('already-settled');
    const [record] = (await table.readPool(exampleKey())).sessions;
    // 500 s after the start, plus keep-alive, less the margin: not counted from the event's delivery.
    expect(record?.aliveUntil).toBe('2026-11-20T15:13:10.000Z');
    expect(await clock.finish(reader.result({ ...acme, statementId }))).toMatchObject({ rows: [[7]] });
  });

  it("does not tell one tenant about another's statement", async () => {
    const { clock, container } = poolWorld();
    const pool = container();
    const { statementId } = await clock.finish(pool.submit({ ...acme, sql: sql({ value: 'secret' }) }));
    const error = await errorOf(clock.finish(pool.result({ tenantId: 'blue', statementId })));
    expect(error.name).toBe('BadRequest');
    const madeUp = await errorOf(
      clock.finish(pool.result({ tenantId: 'blue', statementId: '00000000-0000-4000-8000-123456789012' })),
    );
    expect(madeUp.message).toBe(error.message);
  });

  it('whose submitter died before it wrote the statement down is given back by the event all the same', async () => {
    const { clock, api, container, table } = poolWorld();
    const doomed = container();
    const early = await clock.finish(doomed.query({ ...acme, sql: sql({ value: 1 }) }));
    const elsewhere = await clock.finish(doomed.query({ tenantId: 'blue', sql: sql({ value: 2 }) }));
    doomed.crashAfter('submit');
    void doomed.submit({ ...acme, sql: sql({ value: 3, ms: 5_000 }) });
    await clock.advance(1_000);
    const record = async () => (await table.readPool(exampleKey())).sessions[0];
    expect(await record()).toMatchObject({ statementId: null, lease: { use: 'statement' } });
    const name = { statementName: `slotkeeper/v1/analytics/acme/0/${(await record())?.id}/1` };
    const event = { ...name, state: 'FINISHED', at: clock.now().toISOString() } as const;
    const releaser = container();
    const release = (statementId: string) => clock.finish(releaser.releaseByStatement({ ...event, statementId }));
    // Neither a statement of another session nor an earlier one of the same can give back what still runs.
    expect(await release(elsewhere.statementId)).toBe('unknown');
    expect(await release(early.statementId)).toBe('still-running');
    await clock.advance(5_000);
    const [own] = api.events();
    expect(await release(own?.statementId ?? '')).toBe('released');
    expect((await record())?.state).toBe('available');
  });

  it('is given back by its own statement only, once it is written down', async () => {
    const { clock, container } = poolWorld();
    const pool = container();
    const early = await clock.finish(pool.query({ ...acme, sql: sql({ value: 1 }) }));
    await clock.finish(pool.submit({ ...acme, sql: sql({ value: 2, ms: 500_000 }) }));
    const statementName = 'slotkeeper/v1/analytics/acme/0/id-2/1';
    const forged = {
      statementId: early.statementId,
      statementName,
      state: 'FINISHED',
      at: clock.now().toISOString(),
    } as const;
    expect(await clock.finish(pool.releaseByStatement(forged))).toBe('unknown');
  });

  it('of which the backend was ended frees the slot by its event', async () => {
    const { clock, api, container, table } = poolWorld();
    const pool = container();
    await clock.finish(pool.submit({ ...acme, sql: sql({ value: 2, ms: 500_000 }) }));
    api.kill(0);
    const [event] = api.events();
    expect(event?.state).toBe('FAILED');
    expect(await clock.finish(pool.releaseByStatement(event ?? neverEnded()))).toBe('ended');
    expect((await table.readPool(exampleKey())).sessions[0]).toMatchObject({ state: 'ended', endReason: 'invalid' });
  });

  it('that leaves settings behind has its session retired by its event', async () => {
    const { clock, api, container } = poolWorld();
    const pool = container();
    await clock.finish(pool.submit({ ...acme, sql: 'set search_path to x' }));
    expect(await clock.finish(pool.releaseByStatement(api.events()[0] ?? neverEnded()))).toBe('retired');
    await clock.advance(2_000);
    expect(api.liveOf('tenant_acme')).toBe(0);
  });
});

it('refuses tenant ids and requests that are not as they should be, before anything is asked', async () => {
  const { container, tableCalls, api } = poolWorld();
  const pool = container();
  const ids = ['', 'Acme', 'a#b', 'a/b', '../x', '-a', 'a-', 'a'.repeat(41), 'tenant b', "x'; drop"];
  for (const tenantId of ids) {
    expect((await errorOf(pool.query({ tenantId, sql: 'select 1' }))).name).toBe('BadRequest');
  }
  const bad = [
    { sql: ' ' },
    { sql: 'select 1', maxRows: 0 },
    { sql: 'select 1', timeoutMs: 5 },
    { sql: 'select :a', parameters: { a: '' } },
    { sql: 'select :a', parameters: { 'a b': 'x' } },
    { sql: 'select 1', dbUser: 'admin' },
  ];
  for (const request of bad) {
    expect((await errorOf(pool.query({ ...acme, ...request }))).name).toBe('BadRequest');
  }
  expect(tableCalls.count).toBe(0);
  expect(api.calls).toEqual({});
});

function neverEnded(): never {
  throw new Error('Expected the statement to have ended.');
}
