import * as z from 'zod';
import type { Activity, Backend } from './backend.ts';
import { CanaryFailed } from './canary-failed.ts';
import type { Evidence } from './evidence.ts';
import { microsOf } from './instant.ts';
import { type ReadName, readWholeName } from './read-whole-name.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, flag, optionalText, paddedText, serverTime, wholeNumber } from './row-fields.ts';
import type { Snapshot } from './snapshot.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';
import { weighEvidence } from './weigh-evidence.ts';

/** The views of one statement are read one after the other, so one may be ahead of another's `getdate()` by this. */
const SLACK_MICROS = 5_000_000;

/** Redshift's own user, never a client's: spotify/luigi `contrib/redshift.py` and awslabs/amazon-redshift-utils spare it too. */
const PLATFORM_USER = 'rdsdb';

const sessionRow = z.object({
  pid: wholeNumber,
  started_at: serverTime,
  user_name: paddedText,
  database_name: optionalText,
  // Only where names are shown cut: the SYS views of a workgroup have them whole.
  whole_user_name: z.string().nullable().exactOptional(),
  user_candidates: wholeNumber.exactOptional(),
  whole_database_name: z.string().nullable().exactOptional(),
  database_candidates: wholeNumber.exactOptional(),
  timeout_seconds: wholeNumber.nullable(),
  is_own: flag,
  is_running: flag,
  in_transaction: flag,
  holds_locks: flag,
  transaction_started_at: serverTime.nullable(),
  statement_ended_at: serverTime.nullable(),
  is_superuser: flag,
  is_bootstrap: flag,
  application_name: optionalText,
  client_host: optionalText,
  temp_table_at: serverTime.nullable(),
  sees_everyone: flag,
  may_end_others: flag,
  own_pid: wholeNumber,
  server_now: serverTime,
});

export type SessionRow = z.infer<typeof sessionRow>;

/**
 * Reads the rows of {@link REDSHIFT_SESSION_SQL}.
 *
 * @throws CanaryFailed when there is no row at all: not even the session that asked
 * @throws SnapshotUnreadable when a row is of another shape, or two rows are the same backend
 */
export function readRedshiftSnapshot(rows: readonly ResultRow[], target: string): Snapshot {
  const sessions = rows.map((row, index) => readRow(row, index, target));
  const [first] = sessions;
  if (first === undefined) {
    throw new CanaryFailed(
      `Expected at least the asking session's own row from target '${target}', got none. ` +
        'Let its database user be a superuser, or give it SYSLOG ACCESS UNRESTRICTED: others do not see every session.',
    );
  }
  refuseDuplicates(sessions, target);
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

function readRow(row: ResultRow, index: number, target: string): SessionRow {
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

function refuseDuplicates(sessions: readonly SessionRow[], target: string): void {
  const seen = new Set<string>();
  for (const { pid, started_at, user_name } of sessions) {
    const key = JSON.stringify([pid, started_at, user_name]);
    if (seen.has(key)) {
      throw new SnapshotUnreadable(
        `Expected one row per session from target '${target}', got two for pid ${pid} started ${started_at}.`,
      );
    }
    seen.add(key);
  }
}

function toBackend(row: SessionRow, target: string): Backend {
  const activity = activityOf(row);
  const lastActiveAt = lastActiveOf(row);
  const idleMicros = microsOf(row.server_now) - microsOf(lastActiveAt);
  const user = readWholeName(row.user_name, found(row.user_candidates, row.whole_user_name));
  const database = readWholeName(row.database_name, found(row.database_candidates, row.whole_database_name));
  return {
    identity: { target, pid: row.pid, startedAt: row.started_at, user: row.user_name },
    ...(user.state === 'repaired' ? { wholeUser: user.name } : {}),
    database: database.name,
    application: row.application_name,
    clientHost: row.client_host,
    activity,
    lastActiveAt,
    idleSeconds: activity === 'running' ? 0 : Math.max(0, Math.floor(idleMicros / 1_000_000)),
    own: row.is_own || row.pid === row.own_pid,
    system: row.user_name === PLATFORM_USER || row.is_bootstrap,
    superuser: row.is_superuser,
    serverTimeoutSeconds: row.timeout_seconds ?? 0,
    tempTables: row.temp_table_at !== null && microsOf(row.temp_table_at) >= microsOf(row.started_at),
    evidence: withNames(weighEvidence(row, SLACK_MICROS), user, database),
  };
}

function found(candidates: number | undefined, whole: string | null | undefined) {
  return candidates === undefined ? undefined : { candidates, whole: whole ?? null };
}

/** Where a name that may have been cut comes from. */
function withNames(evidence: Evidence, user: ReadName, database: ReadName): Evidence {
  const told = [
    ...(user.state === 'repaired' ? ['PG_USER (whole name of the user)'] : []),
    ...(user.state === 'cut' ? ['STV_SESSIONS (name of the user cut)'] : []),
    ...(database.state === 'repaired' ? ['PG_DATABASE (whole name of the database)'] : []),
    ...(database.state === 'cut' ? ['STV_SESSIONS (name of the database cut)'] : []),
  ];
  return told.length === 0 ? evidence : { ...evidence, sources: [...evidence.sources, ...told] };
}

function activityOf(row: SessionRow): Activity {
  if (row.is_running) {
    return 'running';
  }
  if (isContradictory(row)) {
    return 'unknown';
  }
  if (!row.in_transaction) {
    return 'idle';
  }
  return row.holds_locks ? 'idle-in-transaction-holding-locks' : 'idle-in-transaction';
}

/** Nothing begins or ends in the future, and no transaction is older than its session: then a pid was mixed up. */
function isContradictory(row: SessionRow): boolean {
  const latest = microsOf(row.server_now) + SLACK_MICROS;
  const times = [row.started_at, row.statement_ended_at, row.transaction_started_at];
  const inFuture = times.some((time) => time !== null && microsOf(time) > latest);
  const olderThanSession =
    row.transaction_started_at !== null &&
    microsOf(row.transaction_started_at) < microsOf(row.started_at) - SLACK_MICROS;
  return inFuture || olderThanSession || (row.in_transaction && row.transaction_started_at === null);
}

function lastActiveOf(row: SessionRow): string {
  return [row.statement_ended_at, row.transaction_started_at].reduce<string>(
    (latest, time) => (time !== null && microsOf(time) > microsOf(latest) ? time : latest),
    row.started_at,
  );
}
