import * as z from 'zod';
import type { Activity, Backend } from './backend.ts';
import { CanaryFailed } from './canary-failed.ts';
import type { Evidence } from './evidence.ts';
import { microsOf } from './instant.ts';
import { readPostgresTimeout } from './postgres-timeout.ts';
import type { Purpose } from './purpose.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, flag, serverTime, wholeNumber } from './row-fields.ts';
import type { Snapshot } from './snapshot.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';

const text = z.string('expected text');

const sessionRow = z.object({
  pid: wholeNumber,
  started_at: serverTime,
  user_name: text,
  database_name: text,
  application_name: text.nullable(),
  client_host: text.nullable(),
  backend_type: text,
  state: text.nullable(),
  state_changed_at: serverTime.nullable(),
  holds_locks: flag,
  holds_advisory: flag,
  is_listener: flag,
  blocks: wholeNumber,
  is_superuser: flag,
  may_end: flag,
  idle_timeout: text.nullable(),
  sees_everyone: flag,
  may_end_others: flag,
  own_pid: wholeNumber,
  server_now: serverTime,
});

export type PostgresSessionRow = z.infer<typeof sessionRow>;

/** Programs that hold a snapshot of the data open while they wait (PostgreSQL manual, "Client Applications"). */
const DUMPS: ReadonlySet<string> = new Set(['pg_dump', 'pg_dumpall', 'pg_restore', 'pg_basebackup']);

/**
 * Reads the rows of {@link POSTGRES_SESSION_SQL}.
 *
 * @throws CanaryFailed when the asking session is not among them, or its user may not see what others do
 * @throws SnapshotUnreadable when a row is of another shape, or two rows are of one pid
 */
export function readPostgresSnapshot(rows: readonly ResultRow[], target: string): Snapshot {
  const sessions = rows.map((row, index) => readRow(row, index, target));
  const [first] = sessions;
  const own = sessions.find(({ pid, own_pid }) => pid === own_pid);
  if (first === undefined || own === undefined) {
    throw new CanaryFailed(
      `Expected the asking session among the sessions of target '${target}'; it is missing, so the list is incomplete and nothing was done. Is it the server itself that answers, and not a pooler?`,
    );
  }
  if (!first.sees_everyone) {
    const user = `"${own.user_name.replaceAll('"', '""')}"`;
    throw new CanaryFailed(
      `Expected the database user ${own.user_name} of target '${target}' to see what everyone's sessions do; it does not, so nothing was done. Let it: GRANT pg_monitor TO ${user};` +
        (first.may_end_others ? '' : ` To end sessions of others as well: GRANT pg_signal_backend TO ${user};`),
    );
  }
  if (new Set(sessions.map(({ pid }) => pid)).size < sessions.length) {
    throw new SnapshotUnreadable(`Expected one row per session from target '${target}', got two for one pid.`);
  }
  const backends = sessions.map((session) => toBackend(session, target));
  return {
    target,
    takenAt: first.server_now,
    canary: {
      seesEveryone: first.sees_everyone,
      mayEndOthers: first.may_end_others,
      ownPid: first.own_pid,
      ownSessionSeen: backends.some((backend) => backend.own),
    },
    backends,
  };
}

function readRow(row: ResultRow, index: number, target: string): PostgresSessionRow {
  const parsed = sessionRow.safeParse(row);
  if (!parsed.success) {
    throw new SnapshotUnreadable(
      `Row ${index + 1} of the session query of target '${target}' is not of the expected shape: ` +
        `${describeRowProblems(parsed.error)}. Is it the answer to another statement?`,
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

function toBackend(row: PostgresSessionRow, target: string): Backend {
  const activity = activityOf(row);
  const purpose = purposeOf(row);
  // Without the right to see it, or before a session's first state, only its start is known.
  const lastActiveAt = row.state_changed_at ?? row.started_at;
  const idleMicros = microsOf(row.server_now) - microsOf(lastActiveAt);
  return {
    identity: { target, pid: row.pid, startedAt: row.started_at, user: row.user_name },
    database: row.database_name,
    application: row.application_name ?? '',
    clientHost: row.client_host ?? '',
    activity,
    lastActiveAt,
    idleSeconds: activity === 'running' ? 0 : Math.max(0, Math.floor(idleMicros / 1_000_000)),
    own: row.pid === row.own_pid,
    system: row.backend_type !== 'client backend',
    superuser: row.is_superuser,
    serverTimeoutSeconds: readPostgresTimeout(row.idle_timeout),
    tempTables: false,
    evidence: evidenceOf(row, activity),
    blocks: row.blocks,
    ...(purpose === null ? {} : { purpose }),
    mayEnd: row.may_end,
  };
}

/** Names of `pg_stat_activity.state`; NULL (not to be seen), `disabled`, `starting` and what is yet to come: unknown. */
function activityOf({ state, state_changed_at, holds_locks }: PostgresSessionRow): Activity {
  if (state_changed_at === null) {
    return 'unknown';
  }
  switch (state) {
    case 'active':
    case 'fastpath function call':
      return 'running';
    case 'idle':
      return 'idle';
    case 'idle in transaction':
      return holds_locks ? 'idle-in-transaction-holding-locks' : 'idle-in-transaction';
    case 'idle in transaction (aborted)':
      return 'idle-in-transaction-aborted';
    default:
      return 'unknown';
  }
}

function purposeOf({ application_name, is_listener, holds_advisory, state }: PostgresSessionRow): Purpose | null {
  if (DUMPS.has(application_name ?? '')) {
    return 'dump';
  }
  if (is_listener) {
    return 'listener';
  }
  return holds_advisory && state === 'idle' ? 'advisory-lock' : null;
}

/** The server writes state and time of its change in one go, so there is nothing between certain and unknown. */
function evidenceOf(row: PostgresSessionRow, activity: Activity): Evidence {
  return {
    confidence: activity === 'unknown' ? 'low' : 'high',
    sources: ['PG_STAT_ACTIVITY', ...(row.holds_locks || row.holds_advisory || row.blocks > 0 ? ['PG_LOCKS'] : [])],
  };
}
