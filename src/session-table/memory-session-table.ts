import { isSameBackend } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { ClientRecord } from '../lifecycle/client-record.ts';
import type { Plan } from '../policy/plan.ts';
import type { Recording } from '../replay/recording.ts';
import { frozenCopy } from './frozen-copy.ts';
import { isLiveBackend } from './is-live-backend.ts';
import {
  backendKey,
  clientKey,
  historySortKey,
  type ItemKey,
  noticeKey,
  ownerMailKey,
  planHeadKey,
  reaperSessionKey,
  recordingHeadKey,
  runKey,
  scheduleKey,
  snoozeCountKey,
} from './item-keys.ts';
import type { NoticeRecord } from './notice-record.ts';
import type { OwnerMailRecord } from './owner-mail-record.ts';
import { pageLimit } from './page-limit.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import type { ReaperSessionRecord } from './reaper-session-record.ts';
import type { RunRecord } from './run-record.ts';
import type { ScheduleRecord } from './schedule-record.ts';
import type { Page, SessionTable } from './session-table.ts';
import type { SnoozeCount } from './snooze-count.ts';
import { utcInstant } from './utc-instant.ts';
import { VersionConflict } from './version-conflict.ts';

/**
 * The session table in this process's memory, for tests and simulations: the same conflicts as the real one, records
 * that nobody can change from outside, and no expiry.
 */
export function createMemorySessionTable(): SessionTable {
  const backends = new Map<string, BackendRecord>();
  const runs = new Map<string, RunRecord>();
  const notices = new Map<string, NoticeRecord>();
  const clients = new Map<string, ClientRecord>();
  const snoozeCounts = new Map<string, SnoozeCount>();
  const ownerMails = new Map<string, OwnerMailRecord>();
  const reaperSessions = new Map<string, ReaperSessionRecord>();
  const schedules = new Map<string, ScheduleRecord>();
  const plans = new Map<string, Plan>();
  const recordings = new Map<string, Recording>();
  const locks = new Map<string, { runId: string; expiresAt: string }>();

  return {
    async readBackends(identities) {
      const records = new Map<string, BackendRecord>();
      for (const identity of identities) {
        const key = keyText(backendKey(identity));
        const record = backends.get(key);
        if (record !== undefined && isSameBackend(record.identity, identity)) {
          records.set(key, record);
        }
      }
      return [...records.values()];
    },

    async listLiveBackends(target) {
      return [...backends.values()].filter((record) => record.identity.target === target && isLiveBackend(record));
    },

    async listBackends({ target, pid, limit, nextToken }) {
      const found = [...backends.values()].filter(
        ({ identity }) => identity.target === target && (pid === undefined || identity.pid === pid),
      );
      return pageOf(`${target}/backends/${pid ?? ''}`, found, (r) => historySortKey(r.identity), limit, nextToken);
    },

    async saveBackend(record) {
      const { identity } = record;
      const key = keyText(backendKey(identity));
      const what = `backend ${identity.pid} of ${identity.target} started at ${identity.startedAt}`;
      const stored = backends.get(key);
      if (stored !== undefined && stored.identity.user !== identity.user) {
        throw new VersionConflict(what, record.version - 1);
      }
      saveNext(backends, key, record, what);
    },

    async takeRunLock({ target, runId, now, expiresAt }) {
      const held = locks.get(target);
      if (held !== undefined && held.runId !== runId && held.expiresAt > utcInstant(now, 'now')) {
        return { taken: false, holder: held.runId, expiresAt: held.expiresAt };
      }
      locks.set(target, { runId, expiresAt: utcInstant(expiresAt, 'expiresAt') });
      return { taken: true };
    },

    async readRunLock(target) {
      return locks.get(target) ?? null;
    },

    async holdsRunLock({ target, runId, now }) {
      const held = locks.get(target);
      return held !== undefined && held.runId === runId && held.expiresAt > utcInstant(now, 'now');
    },

    async releaseRunLock({ target, runId }) {
      if (locks.get(target)?.runId === runId) {
        locks.delete(target);
      }
    },

    async readRun(key) {
      return runs.get(keyText(runKey(key))) ?? null;
    },

    async saveRun(record) {
      saveNext(runs, keyText(runKey(record)), record, `run ${record.runId}`);
    },

    async listRuns({ target, limit, nextToken }) {
      const found = [...runs.values()].filter((run) => run.target === target);
      return pageOf(`${target}/runs`, found, (run) => runKey(run).sk, limit, nextToken);
    },

    async savePlan(key, plan) {
      const stored = plans.get(keyText(planHeadKey(key)));
      if (stored === undefined) {
        plans.set(keyText(planHeadKey(key)), frozenCopy(plan));
      } else if (stored.hash !== plan.hash) {
        throw new VersionConflict(`the plan of run ${key.runId}`, 0);
      }
    },

    async readPlan(key) {
      return plans.get(keyText(planHeadKey(key))) ?? null;
    },

    async saveRecording(key, recording) {
      recordings.set(keyText(recordingHeadKey(key)), frozenCopy(recording));
    },

    async readRecording(key) {
      return recordings.get(keyText(recordingHeadKey(key))) ?? null;
    },

    async readNotice(key) {
      return notices.get(keyText(noticeKey(key))) ?? null;
    },

    async saveNotice(record) {
      const what = `notice ${record.noticeId} of run ${record.runId}`;
      saveNext(notices, keyText(noticeKey(record)), record, what);
    },

    async listNotices({ target, runId }) {
      return [...notices.values()]
        .filter((notice) => notice.target === target && notice.runId === runId)
        .sort((a, b) => (a.noticeId < b.noticeId ? -1 : 1));
    },

    async listClients(target) {
      return [...clients.values()].filter((client) => client.target === target).sort((a, b) => (a.id < b.id ? -1 : 1));
    },

    async saveClient(record) {
      saveNext(clients, keyText(clientKey(record)), record, `client ${record.id}`);
    },

    async readSnoozeCount(key) {
      return snoozeCounts.get(keyText(snoozeCountKey(key))) ?? null;
    },

    async saveSnoozeCount(record) {
      const what = `the snoozes of ${record.owner} on ${record.day}`;
      saveNext(snoozeCounts, keyText(snoozeCountKey(record)), record, what);
    },

    async readOwnerMail(key) {
      return ownerMails.get(keyText(ownerMailKey(key))) ?? null;
    },

    async saveOwnerMail(record) {
      saveNext(ownerMails, keyText(ownerMailKey(record)), record, `the mail to ${record.owner}`);
    },

    async readSchedule(target) {
      return schedules.get(keyText(scheduleKey(target))) ?? null;
    },

    async saveSchedule(record) {
      saveNext(schedules, keyText(scheduleKey(record.target)), record, `the schedule of ${record.target}`);
    },

    async readReaperSession(target) {
      return reaperSessions.get(keyText(reaperSessionKey(target))) ?? null;
    },

    async saveReaperSession(record) {
      const what = `the reaper's session of ${record.target}`;
      saveNext(reaperSessions, keyText(reaperSessionKey(record.target)), record, what);
    },
  };
}

/** The one conditional write: nothing runs between the check and the write. */
function saveNext<T extends { readonly version: number }>(
  records: Map<string, T>,
  key: string,
  record: T,
  what: string,
): void {
  if ((records.get(key)?.version ?? 0) !== record.version - 1) {
    throw new VersionConflict(what, record.version - 1);
  }
  records.set(key, frozenCopy(record));
}

function pageOf<T>(
  listing: string,
  records: readonly T[],
  sortKey: (record: T) => string,
  limit: number | undefined,
  nextToken: string | undefined,
): Page<T> {
  const after = nextToken === undefined ? undefined : decodePageToken(listing, nextToken)['sk'];
  const rest = records
    .filter((record) => after === undefined || sortKey(record) < after)
    .sort((a, b) => (sortKey(a) > sortKey(b) ? -1 : 1));
  const items = rest.slice(0, pageLimit(limit));
  const last = items.at(-1);
  const more = last !== undefined && items.length < rest.length;
  return { items, nextToken: more ? encodePageToken(listing, { sk: sortKey(last) }) : null };
}

function keyText(key: ItemKey): string {
  return JSON.stringify([key.pk, key.sk]);
}
