import { describe, expect, it } from 'vitest';
import { errorOf } from './error-of.ts';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };

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
    // Four turns of half a second and the pauses between looks: nobody waits for a lease that is kept and not used.
    expect(clock.now().getTime() - started).toBeLessThan(6_000);
  });

  it('keep nobody waiting for a container that goes on querying on a lease that it has', async () => {
    const { clock, container, tableCalls } = poolWorld({ maxPerTenant: 1 });
    const busy = container();
    let isOver = false;
    let asked = 0;
    const traffic = (async () => {
      while (!isOver) {
        await busy.query({ ...acme, sql: sql({ value: 'busy', ms: 50 }) });
        asked += 1;
      }
    })();
    await clock.advance(4_000);
    // One look a second, whoever waits; each of the queries took none.
    expect(asked).toBeGreaterThan(70);
    expect(tableCalls.count).toBeLessThan(12);
    const started = clock.now().getTime();
    await clock.finish(container().query({ ...acme, sql: sql({ value: 'late' }) }));
    expect(clock.now().getTime() - started).toBeLessThan(3_000);
    isOver = true;
    await clock.finish(traffic);
  });

  it('are told to others once for a whole line, not once for each who comes to be first', async () => {
    const { clock, container, tableCalls } = poolWorld({ maxPerTenant: 2 });
    const pool = container();
    const caller = async () => {
      for (let query = 0; query < 10; query += 1) {
        await pool.query({ ...acme, sql: sql({ value: query, ms: 50 }) });
      }
    };
    await clock.finish(Promise.all(Array.from({ length: 20 }, caller)));
    // Two creations of five calls, the looks of 5 s, and the line: 200 queries would have come to be first 180 times.
    expect(tableCalls.count).toBeLessThan(40);
  });

  it('cost a crowd of cold containers a few conflicts each, not one for every slot', async () => {
    const { clock, container, tableCalls, counts } = poolWorld({ maxPerTenant: 20, waitSeconds: 60 });
    const answers = await clock.finish(
      Promise.all(
        Array.from({ length: 60 }, (_, value) => container().query({ ...acme, sql: sql({ value, ms: 500 }) })),
      ),
    );
    expect(answers.map(({ rows }) => rows[0]?.[0])).toEqual(Array.from({ length: 60 }, (_, value) => value));
    expect(counts['LeaseConflict']).toBeLessThan(60 * 6);
    expect(tableCalls.count).toBeLessThan(60 * 30);
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
    const { clock, container, table, counts } = poolWorld({ maxPerTenant: 1, waitSeconds: 20 });
    const pool = container();
    const long = pool.query({ ...acme, sql: sql({ ms: 50_000, value: 1 }) });
    await clock.advance(10);
    const started = clock.now().getTime();
    const late = errorOf(container().query({ ...acme, sql: sql({ value: 2 }) }));
    await clock.advance(1_000);
    expect((await table.readPool(exampleKey())).waiting).toHaveLength(1);
    expect((await clock.finish(late)).name).toBe('PoolExhausted');
    expect(counts['PoolExhausted']).toBe(1);
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

  it('that died in the midst of several statements is lent to nobody, not even until it is retired', async () => {
    const { clock, container, table } = poolWorld({ maxPerTenant: 1 });
    const doomed = container();
    void doomed.withSession('acme', (session) => session.query({ sql: sql({ value: 'lost', ms: 20_000 }) }));
    await clock.advance(100);
    doomed.crash();
    await clock.advance(90_000);
    const answer = await clock.finish(container().query({ ...acme, sql: sql({ value: 'next' }) }));
    expect(answer.reusedSession).toBe(false);
    const [slot] = (await table.readPool(exampleKey())).sessions;
    const events = slot?.events.map(({ type, detail }) => [type, detail['from'] ?? detail['adopted'] ?? null]);
    expect(events).toEqual([
      ['creating', null],
      ['opened', false],
      ['draining', 'leased'],
      ['ended', 'draining'],
      ['creating', null],
      ['opened', false],
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
