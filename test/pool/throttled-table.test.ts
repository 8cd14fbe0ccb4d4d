import { expect, it, vi } from 'vitest';
import { TableThrottled } from '../../src/session-table/table-throttled.ts';
import { errorOf } from './error-of.ts';
import { poolWorld, sql } from './pool-world.ts';

const acme = { tenantId: 'acme' };
const throttled = async () => {
  throw new TableThrottled('Expected an answer.');
};

it('a statement that was taken is answered though the table then throttles, and its session is found again by its name', async () => {
  const { clock, api, container, table } = poolWorld({ maxPerTenant: 1 });
  const save = table.saveSession.bind(table);
  const spy = vi
    .spyOn(table, 'saveSession')
    .mockImplementation((record) => (record.state === 'creating' ? save(record) : throttled()));
  const first = await clock.finish(container().query({ ...acme, sql: sql({ value: 1 }) }));
  expect(first).toMatchObject({ rows: [[1]], reusedSession: false });
  spy.mockRestore();
  await clock.advance(60_000);
  const second = await clock.finish(container().query({ ...acme, sql: sql({ value: 2 }) }));
  expect(second).toMatchObject({ rows: [[2]], reusedSession: true });
  expect(api.runsOf(1)).toBe(1);
  expect(api.liveOf('tenant_acme')).toBe(1);
});

it('nothing runs where the table throttles before', async () => {
  const { clock, api, container, table } = poolWorld();
  vi.spyOn(table, 'saveSession').mockImplementation(throttled);
  const error = await errorOf(clock.finish(container().query({ ...acme, sql: sql({ value: 1 }) })));
  expect(error.name).toBe('TableThrottled');
  expect(api.runsOf(1)).toBe(0);
});
