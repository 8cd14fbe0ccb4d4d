import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { ClientRecord } from '../lifecycle/client-record.ts';
import type { Plan } from '../policy/plan.ts';
import type { Recording } from '../replay/recording.ts';
import type { NoticeRecord } from './notice-record.ts';
import type { OwnerMailRecord } from './owner-mail-record.ts';
import type { ReaperSessionRecord } from './reaper-session-record.ts';
import type { RunRecord } from './run-record.ts';
import type { ScheduleRecord } from './schedule-record.ts';
import type { SnoozeCount } from './snooze-count.ts';

/** Whether the lock was taken, or who has it. */
export type LockAnswer =
  | { readonly taken: true }
  | { readonly taken: false; readonly holder: string; readonly expiresAt: string };

/** A page of records and, where there are more, the token that continues after it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/**
 * The session table: the one truth that reaper and pool share.
 *
 * Every `save…` is one conditional write: it succeeds only if the stored version is `record.version - 1` (version 1:
 * the item must not exist), otherwise it throws {@link VersionConflict} and changes nothing. State and event history
 * are one item, so they cannot differ. Reads are strong unless said otherwise.
 */
export interface SessionTable {
  /** Strong reads of exactly these backends; those without an item are left out. Any number of keys. */
  readBackends(identities: readonly BackendIdentity[]): Promise<readonly BackendRecord[]>;
  /** Backends of the target that are warned, snoozed, terminating, or whose end did not take. From the sparse index: a hint, may lag. */
  listLiveBackends(target: string): Promise<readonly BackendRecord[]>;
  /** History: every backend item of the target, newest start first where pid is not given. */
  listBackends(query: {
    target: string;
    pid?: number;
    limit?: number;
    nextToken?: string;
  }): Promise<Page<BackendRecord>>;
  saveBackend(record: BackendRecord): Promise<void>;

  /**
   * Takes the target's run lock if it is free, expired at `now`, or already this run's (a retried step).
   * Times are ISO 8601, UTC.
   */
  takeRunLock(lock: { target: string; runId: string; now: string; expiresAt: string }): Promise<LockAnswer>;
  /** Who has the lock, or had it last and did not give it back: `expiresAt` may have passed. Null: nobody. */
  readRunLock(target: string): Promise<{ readonly runId: string; readonly expiresAt: string } | null>;
  /** Whether this run holds the lock, unexpired at `now`. */
  holdsRunLock(lock: { target: string; runId: string; now: string }): Promise<boolean>;
  /** Gives the lock back if this run still has it; otherwise does nothing. */
  releaseRunLock(lock: { target: string; runId: string }): Promise<void>;

  readRun(key: { target: string; runId: string; startedAt: string }): Promise<RunRecord | null>;
  saveRun(record: RunRecord): Promise<void>;
  /** Newest first. */
  listRuns(query: { target: string; limit?: number; nextToken?: string }): Promise<Page<RunRecord>>;

  /** Stores a run's plan once; storing the same hash again for the run does nothing, another hash throws VersionConflict. */
  savePlan(key: { target: string; runId: string }, plan: Plan): Promise<void>;
  readPlan(key: { target: string; runId: string }): Promise<Plan | null>;

  /** Stores what a run's plan was made of, in place of what was stored for the run before. */
  saveRecording(key: { target: string; runId: string }, recording: Recording): Promise<void>;
  readRecording(key: { target: string; runId: string }): Promise<Recording | null>;

  readNotice(key: { target: string; runId: string; noticeId: string }): Promise<NoticeRecord | null>;
  saveNotice(record: NoticeRecord): Promise<void>;
  listNotices(key: { target: string; runId: string }): Promise<readonly NoticeRecord[]>;

  /** Clients of the target that thrashed, all of them, by id. There are as many as were ever held, less those expired. */
  listClients(target: string): Promise<readonly ClientRecord[]>;
  saveClient(record: ClientRecord): Promise<void>;
  readSnoozeCount(key: { owner: string; day: string }): Promise<SnoozeCount | null>;
  saveSnoozeCount(record: SnoozeCount): Promise<void>;
  /** What one owner was sent of late about the target. */
  readOwnerMail(key: { target: string; owner: string }): Promise<OwnerMailRecord | null>;
  saveOwnerMail(record: OwnerMailRecord): Promise<void>;

  /** Who paused and resumed the target's schedule; null: nobody ever did. */
  readSchedule(target: string): Promise<ScheduleRecord | null>;
  saveSchedule(record: ScheduleRecord): Promise<void>;
  readReaperSession(target: string): Promise<ReaperSessionRecord | null>;
  saveReaperSession(record: ReaperSessionRecord): Promise<void>;
}
