import { describe, expect, it } from 'vitest';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import { warnedDashboard } from '../support/example-records.ts';
import { describeSessionTable } from './session-table-contract.ts';

describeSessionTable('createMemorySessionTable', async () => createMemorySessionTable());

describe('createMemorySessionTable', () => {
  it('gives out records that cannot be changed', async () => {
    const table = createMemorySessionTable();
    await table.saveBackend(warnedDashboard());
    const [record] = await table.readBackends([warnedDashboard().identity]);
    expect(() => {
      (record as { state: string }).state = 'gone';
    }).toThrow(TypeError);
    const events = record?.events ?? [];
    expect(events).toHaveLength(1);
    expect(() => (events as unknown[]).push({})).toThrow(TypeError);
  });
});
