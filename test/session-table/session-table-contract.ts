import { beforeEach, describe, expect, it } from 'vitest';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { snoozeBackend } from '../../src/lifecycle/snooze-backend.ts';
import type { Rule } from '../../src/policy/rule.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { exampleRecording } from '../support/example-recording.ts';
import {
  backendNumber,
  plannedNotice,
  runningRun,
  thrashingClient,
  warnedDashboard,
  warningPlan,
} from '../support/example-records.ts';

const T0 = '2026-11-20T15:00:00.000Z';
const T5 = '2026-11-20T15:05:00.000Z';
const T15 = '2026-11-20T15:15:00.000Z';
const T16 = '2026-11-20T15:16:00.000Z';

/** A later version of a record, as a run that claims it would write it. */
function claimedBy(record: BackendRecord, runId: string): BackendRecord {
  return {
    ...record,
    state: 'terminating',
    version: record.version + 1,
    claim: { runId, at: T16 },
    events: [...record.events, { at: T16, type: 'termination-claimed', by: `run:${runId}`, detail: {} }],
  };
}

function goneAfter(record: BackendRecord): BackendRecord {
  return {
    ...record,
    state: 'gone',
    version: record.version + 1,
    events: [...record.events, { at: T16, type: 'gone', by: 'run:run-2', detail: {} }],
  };
}

async function allPages<T>(list: (nextToken?: string) => Promise<{ items: readonly T[]; nextToken: string | null }>) {
  const pages: (readonly T[])[] = [];
  let token: string | undefined;
  do {
    const page = await list(token);
    pages.push(page.items);
    token = page.nextToken ?? undefined;
  } while (token !== undefined);
  return pages;
}

/** What every session table must do. `makeTable` gives an empty one each time. */
export function describeSessionTable(name: string, makeTable: () => Promise<SessionTable>): void {
  describe(`${name} as a session table`, () => {
    let table: SessionTable;
    beforeEach(async () => {
      table = await makeTable();
    });

    describe('backends', () => {
      it('gives back exactly what was saved, empty texts and nulls included', async () => {
        const record = warnedDashboard();
        await table.saveBackend(record);
        expect(await table.readBackends([record.identity])).toEqual([record]);
      });

      it('leaves out backends that it does not know, and reads a key named twice once', async () => {
        const record = warnedDashboard();
        await table.saveBackend(record);
        const unknown = { ...record.identity, pid: 9 };
        expect(await table.readBackends([unknown, record.identity, record.identity])).toEqual([record]);
        expect(await table.readBackends([])).toEqual([]);
      });

      it('takes another start, pid or target for another backend', async () => {
        const { identity } = warnedDashboard();
        await table.saveBackend(warnedDashboard());
        for (const other of [{ startedAt: '2026-11-20T09:12:45Z' }, { pid: 1074 }, { target: 'sales' }]) {
          expect(await table.readBackends([{ ...identity, ...other }])).toEqual([]);
          await table.saveBackend(warnedDashboard({ identity: { ...identity, ...other } }));
        }
        expect(await table.readBackends([identity])).toEqual([warnedDashboard()]);
      });

      it('takes another user behind the same pid and start for another backend, and never overwrites it', async () => {
        const record = warnedDashboard();
        await table.saveBackend(record);
        const other = { ...record, identity: { ...record.identity, user: 'etl' } };
        expect(await table.readBackends([other.identity])).toEqual([]);
        expect(await table.readBackends([other.identity, record.identity])).toEqual([record]);
        await expect(table.saveBackend(other)).rejects.toMatchObject({ name: 'VersionConflict' });
        await expect(table.saveBackend({ ...other, version: 2 })).rejects.toMatchObject({ name: 'VersionConflict' });
        expect(await table.readBackends([record.identity])).toEqual([record]);
      });

      it('refuses a second first version, a skipped version, and a version of an item that is not there', async () => {
        const record = warnedDashboard();
        await expect(table.saveBackend({ ...record, version: 2 })).rejects.toMatchObject({ name: 'VersionConflict' });
        await table.saveBackend(record);
        await expect(table.saveBackend(record)).rejects.toMatchObject({ name: 'VersionConflict' });
        await expect(table.saveBackend({ ...record, version: 3 })).rejects.toMatchObject({ name: 'VersionConflict' });
        expect(await table.readBackends([record.identity])).toEqual([record]);
      });

      it('lets exactly one of many savers of the same version win, with its state and its event together', async () => {
        const record = warnedDashboard();
        await table.saveBackend(record);
        const savers = [...Array(6).keys()].map((n) =>
          n % 2 === 0 ? claimedBy(record, `run-${n}`) : goneAfter(record),
        );
        const answers = await Promise.allSettled(savers.map((saver) => table.saveBackend(saver)));
        const winners = savers.filter((_, index) => answers[index]?.status === 'fulfilled');
        expect(winners).toHaveLength(1);
        expect(answers.filter((a) => a.status === 'rejected').map((a) => a.reason.name)).toEqual(
          Array(5).fill('VersionConflict'),
        );
        expect(await table.readBackends([record.identity])).toEqual(winners);
      });

      it('never shows a state without its event, whenever it is read while others write', async () => {
        const expected: Record<string, string> = { warned: 'warned', terminating: 'termination-claimed', gone: 'gone' };
        const { identity } = warnedDashboard();
        await table.saveBackend(warnedDashboard());
        const claimed = claimedBy(warnedDashboard(), 'run-2');
        const writes = [claimed, goneAfter(claimed)].reduce(
          (before, record) => before.then(() => table.saveBackend(record)),
          Promise.resolve(),
        );
        const looks = await Promise.all(Array.from({ length: 20 }, () => table.readBackends([identity])));
        await writes;
        for (const record of [...looks.flat(), ...(await table.readBackends([identity]))]) {
          expect(record.events.at(-1)?.type).toBe(expected[record.state]);
          expect(record.events).toHaveLength(record.version);
        }
      });

      it('keeps what it read from changing when the record that was saved changes afterwards', async () => {
        const record = structuredClone(warnedDashboard());
        await table.saveBackend(record);
        (record.identity as { user: string }).user = 'mallory';
        expect(await table.readBackends([warnedDashboard().identity])).toEqual([warnedDashboard()]);
      });

      it('reads and lists 500 backends', async () => {
        const records = [...Array(500).keys()].map(backendNumber);
        for (let first = 0; first < records.length; first += 50) {
          await Promise.all(records.slice(first, first + 50).map((record) => table.saveBackend(record)));
        }
        const read = await table.readBackends(records.map((record) => record.identity));
        expect(new Set(read.map((record) => record.identity.pid)).size).toBe(500);
        expect(await table.listLiveBackends('analytics')).toHaveLength(500);
        const pages = await allPages((nextToken) =>
          table.listBackends({ target: 'analytics', limit: 200, ...(nextToken === undefined ? {} : { nextToken }) }),
        );
        expect(pages.map((page) => page.length)).toEqual([200, 200, 100]);
        expect(pages.flat().map((record) => record.identity.pid)).toEqual(
          records.map((record) => record.identity.pid).reverse(),
        );
      });

      it('lists as live those warned, snoozed, being ended or whose end did not take, and no others', async () => {
        const live: Partial<BackendRecord>[] = [
          { state: 'warned' },
          { state: 'snoozed' },
          { state: 'terminating' },
          { state: 'terminated', outcome: 'denied' },
          { state: 'terminated', outcome: 'still-there' },
        ];
        const settled: Partial<BackendRecord>[] = [
          { state: 'recovered' },
          { state: 'terminated', outcome: 'gone' },
          { state: 'terminated', outcome: 'already-gone' },
          { state: 'gone' },
        ];
        for (const [index, change] of [...live, ...settled].entries()) {
          await table.saveBackend({ ...backendNumber(index), ...change });
        }
        const listed = await table.listLiveBackends('analytics');
        expect(listed.map((record) => record.identity.pid).sort()).toEqual([2000, 2001, 2002, 2003, 2004]);
        expect(await table.listLiveBackends('sales')).toEqual([]);
      });

      it('no longer lists a backend as live once it is gone, and again when it is warned anew', async () => {
        const first = warnedDashboard();
        await table.saveBackend(first);
        const gone = goneAfter(first);
        await table.saveBackend(gone);
        expect(await table.listLiveBackends('analytics')).toEqual([]);
        const again = { ...gone, state: 'warned' as const, version: 3 };
        await table.saveBackend(again);
        expect(await table.listLiveBackends('analytics')).toEqual([again]);
      });

      it('lists the history of one pid, newest start first', async () => {
        const starts = ['2026-11-18T08:00:00Z', '2026-11-20T08:00:00Z', '2026-11-19T08:00:00Z'];
        for (const startedAt of starts) {
          await table.saveBackend(
            warnedDashboard({ identity: { target: 'analytics', pid: 107, startedAt, user: 'bi_reader' } }),
          );
        }
        await table.saveBackend(warnedDashboard());
        const { items, nextToken } = await table.listBackends({ target: 'analytics', pid: 107 });
        expect(items.map((record) => record.identity.startedAt)).toEqual(starts.sort().reverse());
        expect(nextToken).toBeNull();
      });
    });

    describe('pages', () => {
      it('continues after the page before, without a gap or a repeat', async () => {
        for (const n of [0, 1, 2, 3, 4]) {
          await table.saveRun(runningRun({ runId: `run-${n}`, startedAt: `2026-11-20T15:0${n}:00.000Z` }));
        }
        const pages = await allPages((nextToken) =>
          table.listRuns({ target: 'analytics', limit: 2, ...(nextToken === undefined ? {} : { nextToken }) }),
        );
        const ids = pages.flat().map((run) => run.runId);
        expect(ids).toEqual(['run-4', 'run-3', 'run-2', 'run-1', 'run-0']);
        expect(pages.every((page) => page.length <= 2)).toBe(true);
      });

      it('refuses a token of another target, of another listing, or of nobody', async () => {
        for (const n of [0, 1, 2]) {
          await table.saveRun(runningRun({ runId: `run-${n}`, startedAt: `2026-11-20T15:0${n}:00.000Z` }));
          await table.saveBackend(backendNumber(n));
        }
        const { nextToken } = await table.listRuns({ target: 'analytics', limit: 1 });
        expect(nextToken).toEqual(expect.any(String));
        const token = nextToken ?? '';
        const invalid = { name: 'InvalidPageToken' };
        await expect(table.listRuns({ target: 'sales', nextToken: token })).rejects.toMatchObject(invalid);
        await expect(table.listBackends({ target: 'analytics', nextToken: token })).rejects.toMatchObject(invalid);
        await expect(table.listRuns({ target: 'analytics', nextToken: 'e30' })).rejects.toMatchObject(invalid);
        await expect(table.listRuns({ target: 'analytics', nextToken: '%%%' })).rejects.toMatchObject(invalid);
      });

      it('refuses a limit that is no number of items', async () => {
        for (const limit of [0, -1, 1.5, 1001, Number.NaN]) {
          await expect(table.listRuns({ target: 'analytics', limit })).rejects.toThrow(/limit/);
        }
      });
    });

    describe('the run lock', () => {
      const first = { target: 'analytics', runId: 'run-1', now: T0, expiresAt: T15 };

      it('is taken by one of many that want it at once; the others learn who has it', async () => {
        const answers = await Promise.all([1, 2, 3, 4].map((n) => table.takeRunLock({ ...first, runId: `run-${n}` })));
        const winner = answers.findIndex((answer) => answer.taken);
        expect(answers.filter((answer) => !answer.taken)).toEqual(
          Array(3).fill({ taken: false, holder: `run-${winner + 1}`, expiresAt: T15 }),
        );
      });

      it('is per target', async () => {
        expect(await table.takeRunLock(first)).toEqual({ taken: true });
        expect(await table.takeRunLock({ ...first, target: 'sales', runId: 'run-2' })).toEqual({ taken: true });
      });

      it('is taken again by a retried step of the run that has it', async () => {
        await table.takeRunLock(first);
        expect(await table.takeRunLock({ ...first, now: T5 })).toEqual({ taken: true });
        expect(await table.holdsRunLock({ target: 'analytics', runId: 'run-1', now: T5 })).toBe(true);
      });

      it('is held until it expires and not at that moment any more', async () => {
        await table.takeRunLock(first);
        const second = { ...first, runId: 'run-2', expiresAt: '2026-11-20T15:30:00.000Z' };
        expect(await table.takeRunLock({ ...second, now: '2026-11-20T15:14:59.999Z' })).toMatchObject({ taken: false });
        expect(await table.holdsRunLock({ target: 'analytics', runId: 'run-1', now: T15 })).toBe(false);
        expect(await table.takeRunLock({ ...second, now: T15 })).toEqual({ taken: true });
        expect(await table.holdsRunLock({ target: 'analytics', runId: 'run-2', now: T16 })).toBe(true);
      });

      it('goes to exactly one of many when it has expired', async () => {
        await table.takeRunLock(first);
        const late = { target: 'analytics', now: T16, expiresAt: '2026-11-20T15:31:00.000Z' };
        const answers = await Promise.all([2, 3, 4].map((n) => table.takeRunLock({ ...late, runId: `run-${n}` })));
        expect(answers.filter((answer) => answer.taken)).toHaveLength(1);
      });

      it('compares moments, not texts', async () => {
        await table.takeRunLock({ ...first, expiresAt: '2026-11-20T15:15:00Z' });
        const second = { ...first, runId: 'run-2', now: '2026-11-20T15:15:00.500Z' };
        expect(await table.takeRunLock(second)).toEqual({ taken: true });
        await expect(table.takeRunLock({ ...first, now: 'soon' })).rejects.toThrow(/ISO 8601/);
      });

      it('is given back by the run that has it', async () => {
        expect(await table.readRunLock('analytics')).toBeNull();
        await table.takeRunLock(first);
        expect(await table.readRunLock('analytics')).toEqual({ runId: 'run-1', expiresAt: first.expiresAt });
        await table.releaseRunLock({ target: 'analytics', runId: 'run-1' });
        expect(await table.readRunLock('analytics')).toBeNull();
        expect(await table.holdsRunLock({ target: 'analytics', runId: 'run-1', now: T5 })).toBe(false);
        expect(await table.takeRunLock({ ...first, runId: 'run-2' })).toEqual({ taken: true });
      });

      it('is not given back by a run that lost it, nor where nobody has it', async () => {
        await table.releaseRunLock({ target: 'analytics', runId: 'run-1' });
        await table.takeRunLock(first);
        await table.takeRunLock({ ...first, runId: 'run-2', now: T16, expiresAt: '2026-11-20T15:31:00.000Z' });
        await table.releaseRunLock({ target: 'analytics', runId: 'run-1' });
        expect(await table.holdsRunLock({ target: 'analytics', runId: 'run-2', now: T16 })).toBe(true);
      });
    });

    describe('runs and notices', () => {
      it('keeps a run by its versions', async () => {
        const run = runningRun();
        expect(await table.readRun(run)).toBeNull();
        await table.saveRun(run);
        const finished = runningRun({
          state: 'succeeded',
          version: 2,
          planHash: 'a'.repeat(64),
          apply: { hash: 'a'.repeat(64), runId: 'run-0' },
          counts: { backends: 5, keep: 3, warn: 1, terminate: 1, recovered: 0 },
          unclaimed: { 'used-since': 1 },
          finishedAt: T5,
        });
        await table.saveRun(finished);
        expect(await table.readRun(run)).toEqual(finished);
        await expect(table.saveRun(finished)).rejects.toMatchObject({ name: 'VersionConflict' });
      });

      it("lists a run's notices and no other run's, even if one's id begins with the other's", async () => {
        await table.saveNotice(plannedNotice({ noticeId: 'b' }));
        await table.saveNotice(plannedNotice({ noticeId: 'a' }));
        await table.saveNotice(plannedNotice({ runId: 'run-1#x', noticeId: 'c' }));
        await table.saveNotice(plannedNotice({ runId: 'run-12', noticeId: 'd' }));
        const listed = await table.listNotices({ target: 'analytics', runId: 'run-1' });
        expect(listed.map((notice) => notice.noticeId)).toEqual(['a', 'b']);
      });

      it('keeps what an owner was sent by its versions, apart by target and owner', async () => {
        const sent = { messageId: 'm-1', channel: 'sns', at: T0, confirmed: 2 };
        const entry = { at: T0, content: 'c'.repeat(64), runId: 'run-1', noticeId: 'notice-1', sent: null };
        const first = { target: 'analytics', owner: 'bi#team@example.com', version: 1, messages: [entry] };
        expect(await table.readOwnerMail(first)).toBeNull();
        await table.saveOwnerMail(first);
        const second = { ...first, version: 2, messages: [{ ...entry, sent }] };
        const third = { ...first, version: 2, messages: [] };
        const answers = await Promise.allSettled([table.saveOwnerMail(second), table.saveOwnerMail(third)]);
        expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await table.readOwnerMail(first)).toEqual(answers[0]?.status === 'fulfilled' ? second : third);
        expect(await table.readOwnerMail({ ...first, owner: 'bi' })).toBeNull();
        expect(await table.readOwnerMail({ ...first, target: 'prod' })).toBeNull();
      });

      it('keeps a notice by its versions', async () => {
        const planned = plannedNotice();
        expect(await table.readNotice(planned)).toBeNull();
        await table.saveNotice(planned);
        const sent = plannedNotice({ state: 'sent', version: 2, messageId: 'm-1', channel: 'sns', at: T0 });
        const failed = plannedNotice({ state: 'failed', version: 2, error: 'NoticeRefused' });
        const answers = await Promise.allSettled([table.saveNotice(sent), table.saveNotice(failed)]);
        expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await table.readNotice(planned)).toEqual(answers[0]?.status === 'fulfilled' ? sent : failed);
      });
    });

    describe('snoozes', () => {
      const terms = { until: '2026-11-20T17:10:00.000Z', seconds: 7200, at: T16, by: 'cli:ann' };

      it('are counted per owner and day, each count by its versions', async () => {
        const key = { owner: 'bi-team@example.com', day: '2026-11-20' };
        expect(await table.readSnoozeCount(key)).toBeNull();
        await table.saveSnoozeCount({ ...key, count: 1, version: 1 });
        await table.saveSnoozeCount({ ...key, owner: 'ops@example.com', count: 7, version: 1 });
        await table.saveSnoozeCount({ ...key, day: '2026-11-21', count: 9, version: 1 });
        const racers = [2, 2, 2].map((count) => table.saveSnoozeCount({ ...key, count, version: 2 }));
        const answers = await Promise.allSettled(racers);
        expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await table.readSnoozeCount(key)).toEqual({ ...key, count: 2, version: 2 });
      });

      it('come back as they were saved', async () => {
        const record = warnedDashboard();
        await table.saveBackend(record);
        const snoozed = snoozeBackend(record, terms);
        await table.saveBackend(snoozed);
        expect(await table.readBackends([record.identity])).toEqual([snoozed]);
        expect(await table.listLiveBackends('analytics')).toEqual([snoozed]);
      });

      it.each(['the snooze', 'the claim'])(
        'and claims of one version exclude each other, when %s comes first',
        async (first) => {
          const record = warnedDashboard();
          await table.saveBackend(record);
          const snoozed = snoozeBackend(record, terms);
          const claimed = claimedBy(record, 'run-2');
          const order = first === 'the snooze' ? [snoozed, claimed] : [claimed, snoozed];
          const [winner, loser] = await Promise.allSettled([
            table.saveBackend(order[0] ?? record),
            table.saveBackend(order[1] ?? record),
          ]);
          expect([winner.status, loser.status].sort()).toEqual(['fulfilled', 'rejected']);
          expect(await table.readBackends([record.identity])).toEqual([
            winner.status === 'fulfilled' ? order[0] : order[1],
          ]);
        },
      );
    });

    describe('plans', () => {
      const key = { target: 'analytics', runId: 'run-1' };

      it('keeps a plan of 2,000 members whole and in order', async () => {
        const plan = warningPlan(2000);
        await table.savePlan(key, plan);
        expect(await table.readPlan(key)).toEqual(plan);
      });

      it('keeps the policy that a plan was made by, whatever its rules name', async () => {
        const rule: Rule = {
          name: 'everyone',
          match: {},
          keep: false,
          warnAfter: null,
          terminateAfter: 3600,
          grace: 900,
          notice: 'owner',
          owner: null,
        };
        const full: Rule = {
          ...rule,
          name: 'full',
          match: {
            user: ['bi_*', 'ana'],
            database: ['dev'],
            application: [''],
            clientHost: ['10.*'],
            activity: ['idle', 'idle-in-transaction'],
            pool: ['orphan'],
          },
          owner: 'bi-team@example.com',
          whenFreeSlotsBelow: { terminateAfter: 600 },
        };
        const policy = { rules: [full, rule], caps: { maxTerminations: 20, maxShare: 0.5 } };
        await table.savePlan(key, { ...warningPlan(1), policy });
        expect((await table.readPlan(key))?.policy).toEqual(policy);
      });

      it('keeps a plan without members', async () => {
        expect(await table.readPlan(key)).toBeNull();
        await table.savePlan(key, warningPlan(0));
        expect(await table.readPlan(key)).toEqual(warningPlan(0));
      });

      it('takes the same plan twice, and refuses another one for the run', async () => {
        await table.savePlan(key, warningPlan(2));
        await table.savePlan(key, warningPlan(2));
        await expect(table.savePlan(key, warningPlan(3, 'b'.repeat(64)))).rejects.toMatchObject({
          name: 'VersionConflict',
        });
        expect(await table.readPlan(key)).toEqual(warningPlan(2));
        expect(await table.readPlan({ ...key, runId: 'run-2' })).toBeNull();
      });

      it('keeps one whole plan of two that are stored at once', async () => {
        const plans = [warningPlan(600), warningPlan(700, 'b'.repeat(64))];
        const answers = await Promise.allSettled(plans.map((plan) => table.savePlan(key, plan)));
        expect(answers.map((answer) => answer.status).sort()).toEqual(['fulfilled', 'rejected']);
        expect(await table.readPlan(key)).toEqual(plans[answers.findIndex((a) => a.status === 'fulfilled')]);
      });
    });

    describe('recordings', () => {
      const key = { target: 'analytics', runId: 'run-1' };

      it('come back as they were stored, however large, and a later one of the run replaces the earlier', async () => {
        expect(await table.readRecording(key)).toBeNull();
        await table.saveRecording(key, exampleRecording(2));
        const large = exampleRecording(2000);
        await table.saveRecording(key, large);
        expect(await table.readRecording(key)).toEqual(large);
        expect(await table.readRecording({ ...key, runId: 'run-2' })).toBeNull();
      });
    });

    describe('clients that thrash', () => {
      it('are kept by their versions, listed by target and id', async () => {
        const client = thrashingClient();
        const other = thrashingClient({ id: '0'.repeat(16), user: '', application: '', clientHost: '' });
        expect(await table.listClients('analytics')).toEqual([]);
        await table.saveClient(client);
        await table.saveClient(other);
        expect(await table.listClients('analytics')).toEqual([other, client]);
        await expect(table.saveClient(client)).rejects.toMatchObject({ name: 'VersionConflict' });
        const released = { ...client, version: 2, released: { at: T16, by: 'cli:ana' } };
        await table.saveClient(released);
        await expect(table.saveClient({ ...client, version: 2 })).rejects.toMatchObject({ name: 'VersionConflict' });
        expect(await table.listClients('analytics')).toEqual([other, released]);
        expect(await table.listClients('sales')).toEqual([]);
      });
    });

    describe('who paused a schedule', () => {
      it('is kept by its versions, one a target', async () => {
        const paused = { did: 'paused' as const, at: T0, by: 'cli:ann', reason: 'maintenance' };
        const first = { target: 'analytics', version: 1, changes: [paused] };
        expect(await table.readSchedule('analytics')).toBeNull();
        await table.saveSchedule(first);
        await expect(table.saveSchedule(first)).rejects.toMatchObject({ name: 'VersionConflict' });
        const resumed = { did: 'resumed' as const, at: T5, by: 'cli:ben', reason: null };
        await table.saveSchedule({ ...first, version: 2, changes: [paused, resumed] });
        expect(await table.readSchedule('analytics')).toEqual({ ...first, version: 2, changes: [paused, resumed] });
        expect(await table.readSchedule('sales')).toBeNull();
      });
    });

    describe("the reaper's session", () => {
      it('is kept by its versions, one a target', async () => {
        const session = {
          target: 'analytics',
          sessionId: '0d5b8f0e-8d51-4f6e-9b0b-6b5f3c2a1d10',
          signIn: 'analytics as reaper',
          version: 1,
          createdAt: T0,
        };
        expect(await table.readReaperSession('analytics')).toBeNull();
        await table.saveReaperSession(session);
        await expect(table.saveReaperSession(session)).rejects.toMatchObject({ name: 'VersionConflict' });
        const next = { ...session, sessionId: '7f6c1c1e-1111-4f6e-9b0b-6b5f3c2a1d10', version: 2, createdAt: T5 };
        await table.saveReaperSession(next);
        expect(await table.readReaperSession('analytics')).toEqual(next);
        expect(await table.readReaperSession('sales')).toBeNull();
      });
    });
  });
}
