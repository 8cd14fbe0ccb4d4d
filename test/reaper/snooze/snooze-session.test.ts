import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../../src/lifecycle/backend-record.ts';
import { createSnoozeSession } from '../../../src/reaper/snooze/snooze-session.ts';
import { createTakeBackSnooze } from '../../../src/reaper/snooze/take-back-snooze.ts';
import { createMemorySessionTable } from '../../../src/session-table/memory-session-table.ts';
import type { SessionTable } from '../../../src/session-table/session-table.ts';
import { VersionConflict } from '../../../src/session-table/version-conflict.ts';
import { backendNumber, warnedDashboard } from '../../support/example-records.ts';
import { createRecordingEventPublisher } from '../../support/recording-event-publisher.ts';

const OWNER = 'bi-team@example.com';
const DAY = '2026-11-20';
const NOW = new Date('2026-11-20T15:10:00.000Z');

async function world(
  options: { bounds?: { max: number; perOwnerPerDay: number }; record?: BackendRecord; table?: SessionTable } = {},
) {
  const table = options.table ?? createMemorySessionTable();
  const record = options.record ?? warnedDashboard();
  await table.saveBackend({ ...record, version: 1 });
  const events = createRecordingEventPublisher();
  const snoozeBounds = options.bounds ?? { max: 28_800, perOwnerPerDay: 3 };
  const notices = { defaultOwner: 'ops@example.com', owners: [], snooze: snoozeBounds };
  const ports = { config: { notices }, table, events, now: () => NOW };
  const { identity } = record;
  const snooze = createSnoozeSession(ports);
  return {
    table,
    events,
    ports,
    identity,
    snooze: (seconds = 7200, idleSince: string | null = null) =>
      snooze({ identity, idleSince, seconds, by: (owner) => `link:${owner}` }),
    count: async () => (await table.readSnoozeCount({ owner: OWNER, day: DAY }))?.count ?? 0,
    state: async () => (await table.readBackends([identity]))[0],
  };
}

describe('snoozing a session', () => {
  it('keeps it, counts once against its owner, and tells the event bus who and until when', async () => {
    const { snooze, count, state, events } = await world();
    expect(await snooze()).toMatchObject({ until: '2026-11-20T17:10:00.000Z', extended: true, left: 2 });
    expect(await state()).toMatchObject({ state: 'snoozed', snooze: { by: `link:${OWNER}`, seconds: 7200 } });
    expect(await count()).toBe(1);
    expect(events.events).toMatchObject([
      { type: 'Backend Snoozed', detail: { by: `link:${OWNER}`, until: '2026-11-20T17:10:00.000Z' } },
    ]);
  });

  it('a second time for no longer changes and counts nothing', async () => {
    const { snooze, count, state } = await world();
    await snooze();
    expect(await snooze(3600)).toMatchObject({ until: '2026-11-20T17:10:00.000Z', extended: false, left: 2 });
    expect(await count()).toBe(1);
    expect((await state())?.version).toBe(2);
  });

  it.each([
    ['past its longest', { max: 3600, perOwnerPerDay: 3 }, {}, 'SnoozeTooLong'],
    ['where it is switched off', { max: 0, perOwnerPerDay: 3 }, {}, 'SnoozeOff'],
    ['of a session that has ended', undefined, { state: 'terminated', outcome: 'gone' }, 'BackendGone'],
    ['of a session that is being ended', undefined, { state: 'terminating' }, 'BackendGone'],
    ['of a session that was used since', undefined, { state: 'recovered' }, 'NothingToSnooze'],
  ] as const)('is refused %s, and counts nothing', async (_, bounds, changes, name) => {
    const { snooze, count } = await world({ ...(bounds && { bounds }), record: warnedDashboard(changes) });
    await expect(snooze()).rejects.toMatchObject({ name });
    expect(await count()).toBe(0);
  });

  it('is refused past the bound of the day, in words that say whose and how many', async () => {
    const { table, snooze } = await world();
    await table.saveSnoozeCount({ owner: OWNER, day: DAY, count: 3, version: 1 });
    await expect(snooze()).rejects.toThrow(`at most 3 snoozes of ${OWNER} a day`);
  });

  it('gives back what it had counted when a run claims the session first', async () => {
    const inner = createMemorySessionTable();
    let claimed = false;
    const table: SessionTable = {
      ...inner,
      saveBackend: async (next) => {
        if (next.state === 'snoozed' && !claimed) {
          claimed = true;
          await inner.saveBackend({ ...warnedDashboard(), state: 'terminating', version: 2 });
        }
        await inner.saveBackend(next);
      },
    };
    const { snooze, count, state } = await world({ table });
    await expect(snooze()).rejects.toMatchObject({ name: 'BackendGone' });
    expect(await count()).toBe(0);
    expect((await state())?.state).toBe('terminating');
  });

  it('takes its own write, whose answer was lost, for what it is', async () => {
    const inner = createMemorySessionTable();
    const table: SessionTable = {
      ...inner,
      saveBackend: async (next) => {
        await inner.saveBackend(next);
        if (next.state === 'snoozed') {
          throw new VersionConflict('the backend', next.version - 1);
        }
      },
    };
    const { snooze, count } = await world({ table });
    expect(await snooze()).toMatchObject({ extended: true });
    expect(await count()).toBe(1);
  });

  it('can be taken back, once', async () => {
    const { snooze, ports, identity, state } = await world();
    await snooze();
    const takeBack = createTakeBackSnooze(ports);
    expect(await takeBack({ identity, by: 'cli:ann' })).toMatchObject({ endsAt: '2026-11-20T15:30:04.250Z' });
    expect((await state())?.events.at(-1)).toMatchObject({ type: 'snooze-ended', by: 'cli:ann' });
    const late = createTakeBackSnooze({ ...ports, now: () => new Date('2026-11-20T15:31:00.000Z') });
    await expect(late({ identity, by: 'cli:ann' })).rejects.toThrow('is not snoozed now');
  });
});

/** Every call of the table waits for its turn, so that a generated order decides who is first. */
function inTurns(table: SessionTable, s: fc.Scheduler): SessionTable {
  const turn = async <T>(name: string, call: () => Promise<T>): Promise<T> => {
    await s.schedule(Promise.resolve(), name);
    return await call();
  };
  return {
    ...table,
    readBackends: (...args) => turn('readBackends', () => table.readBackends(...args)),
    saveBackend: (...args) => turn('saveBackend', () => table.saveBackend(...args)),
    readSnoozeCount: (...args) => turn('readSnoozeCount', () => table.readSnoozeCount(...args)),
    saveSnoozeCount: (...args) => turn('saveSnoozeCount', () => table.saveSnoozeCount(...args)),
  };
}

describe('racing snoozes of one owner', () => {
  it('never make more snoozes than the bound, whoever comes first, and count exactly those that were made', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 }),
        async (s, perOwnerPerDay, asked) => {
          const inner = createMemorySessionTable();
          const records = [0, 1, 2, 3, 4, 5].map(backendNumber);
          // Every third is claimed for its end: to be refused, and given back.
          for (const [n, record] of records.entries()) {
            await inner.saveBackend(n % 3 === 2 ? { ...record, state: 'terminating' } : record);
          }
          const notices = { defaultOwner: 'ops', owners: [], snooze: { max: 28_800, perOwnerPerDay } };
          const ports = { config: { notices }, table: inTurns(inner, s), events: null, now: () => NOW };
          const snooze = createSnoozeSession(ports);
          const all = Promise.allSettled(
            asked.map((n, index) => {
              const { identity } = records[n] ?? backendNumber(n);
              return snooze({ identity, idleSince: null, seconds: 3600 * (1 + (index % 8)), by: () => `cli:${index}` });
            }),
          );
          await s.waitFor(all);
          const answers = await all;
          const stored = await inner.readBackends(records.map(({ identity }) => identity));
          const made = stored.flatMap(({ events }) => events.filter(({ type }) => type === 'snoozed')).length;
          expect(made).toBeLessThanOrEqual(perOwnerPerDay);
          expect(answers.filter((one) => one.status === 'fulfilled' && one.value.extended)).toHaveLength(made);
          expect((await inner.readSnoozeCount({ owner: OWNER, day: DAY }))?.count ?? 0).toBe(made);
          for (const answer of answers) {
            if (answer.status === 'rejected') {
              expect(answer.reason).toMatchObject({ name: expect.stringMatching(/SnoozeLimitReached|BackendGone/) });
            }
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
