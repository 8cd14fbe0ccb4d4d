import { describe, expect, it } from 'vitest';
import { readKnownSpells } from '../../src/cli/read-known-spells.ts';
import { MOST_LOOKS, readLooks } from '../../src/cli/read-looks.ts';
import { sessionKey } from '../../src/leaks/measure-idle.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import { exampleRecording } from '../support/example-recording.ts';
import { runningRun, warnedDashboard } from '../support/example-records.ts';

const target = 'analytics';

/** The dashboard under another pid. */
function dashboard(pid: number, changes: Partial<BackendRecord> = {}): BackendRecord {
  const record = warnedDashboard(changes);
  return { ...record, identity: { ...record.identity, pid } };
}

describe('readKnownSpells', () => {
  it('knows the last idle spell of who was warned, and who was ended and seen gone', async () => {
    const table = createMemorySessionTable();
    const [warning] = warnedDashboard().events;
    const at = '2026-11-20T15:40:00.000Z';
    const signal = { ...warning, at, type: 'termination-signalled' as const, by: 'run:run-2', detail: {} };
    const events = warning === undefined ? [] : [warning, signal];
    const records = [
      dashboard(1),
      dashboard(2, { state: 'terminated', outcome: 'gone', events }),
      dashboard(3, { state: 'terminated', outcome: 'still-there', events }),
      dashboard(4, { state: 'terminated', outcome: 'already-gone' }),
      dashboard(5, { state: 'recovered', outcome: null }),
      dashboard(6, { events: [] }),
    ];
    for (const record of records) {
      await table.saveBackend(record);
    }
    const { killed, spells } = await readKnownSpells(table, target);
    expect([...killed]).toEqual([sessionKey({ pid: 2, startedAt: '2026-11-20T09:12:44Z', user: 'bi_reader' })]);
    const warnedAt = '2026-11-20T15:00:04.250Z';
    expect(spells.map(({ pid, from, to }) => [pid, from, to]).sort()).toEqual([
      [1, '2026-11-20T13:58:02.123456Z', warnedAt],
      [2, '2026-11-20T13:58:02.123456Z', at],
      [3, '2026-11-20T13:58:02.123456Z', at],
      [4, '2026-11-20T13:58:02.123456Z', warnedAt],
    ]);
  });
});

describe('readLooks', () => {
  it('reads what runs since then recorded, newest first, and at most so many', async () => {
    const table = createMemorySessionTable();
    for (let minute = 0; minute < 250; minute++) {
      const startedAt = new Date(Date.UTC(2026, 10, 20, 12, minute)).toISOString();
      const runId = `run-${minute}`;
      await table.saveRun(runningRun({ runId, startedAt }));
      if (minute % 2 === 0) {
        const recording = exampleRecording(1);
        await table.saveRecording(
          { target, runId },
          { ...recording, snapshot: { ...recording.snapshot, takenAt: startedAt } },
        );
      }
    }
    const times = async (since: string) =>
      (await readLooks(table, target, new Date(since))).map((look) => look.takenAt);
    expect(await times('2026-11-20T16:05:00Z')).toEqual(['2026-11-20T16:08:00.000Z', '2026-11-20T16:06:00.000Z']);
    const all = await times('2026-11-20T00:00:00Z');
    expect(all).toHaveLength(MOST_LOOKS);
    expect(all[0]).toBe('2026-11-20T16:08:00.000Z');
  });
});
