import { describe, expect, it } from 'vitest';
import { exampleKey } from './example-pooled-session.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };

describe('a container', () => {
  it('opens a session with its first query and answers the next ones with two Data API calls and no table call', async () => {
    const { clock, api, container, tableCalls } = poolWorld();
    const pool = container();
    const first = await clock.finish(pool.query({ ...acme, sql: sql({ value: 'a', ms: 200 }) }));
    expect(first).toMatchObject({ rows: [['a']], reusedSession: false, nextToken: null });
    expect(tableCalls.count).toBe(6);
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
