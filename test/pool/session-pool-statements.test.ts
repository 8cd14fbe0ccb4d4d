import { describe, expect, it } from 'vitest';
import { errorOf } from './error-of.ts';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };

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
  it('sends a statement once more that was refused for being too many, and then says that nothing ran', async () => {
    const { clock, api, container } = poolWorld();
    const work = container().withSession('acme', async (session) => {
      await session.query({ sql: sql({ value: 'first' }) });
      api.failNextSubmit('refuse');
      const second = await session.query({ sql: sql({ value: 'second' }) });
      api.failNextSubmit('refuse');
      api.failNextSubmit('refuse');
      const refused = await errorOf(session.query({ sql: sql({ value: 'refused' }) }));
      const last = await session.query({ sql: sql({ value: 'last' }) });
      return { second: second.rows, refused: refused.name, cause: String(refused.cause), last: last.rows };
    });
    expect(await clock.finish(work)).toMatchObject({
      second: [['second']],
      refused: 'PoolExhausted',
      cause: expect.stringContaining('throttled'),
      last: [['last']],
    });
    expect(['first', 'second', 'refused', 'last'].map((value) => api.runsOf(value))).toEqual([1, 1, 0, 1]);
    expect(api.liveOf('tenant_acme')).toBe(1);
  });

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
