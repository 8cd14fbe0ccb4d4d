import * as z from 'zod';
import type { HistorySession, SessionHistory } from './history-session.ts';
import { HISTORY_LIMIT } from './redshift-history-sql.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, optionalText, paddedText, serverTime, wholeNumber } from './row-fields.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';

const historyRow = z.object({
  pid: wholeNumber,
  started_at: serverTime,
  ended_at: serverTime.nullable(),
  user_name: paddedText,
  database_name: optionalText,
  application_name: optionalText,
  client_host: optionalText,
  driver: optionalText,
});

/**
 * Reads the rows of {@link REDSHIFT_HISTORY_SQL}. A session that is both live and ended has ended since it was looked at.
 *
 * @param limit sessions that the statement gives at most; one row more tells that there are others
 * @throws SnapshotUnreadable when a row is of another shape
 */
export function readRedshiftHistory(
  rows: readonly ResultRow[],
  target: string,
  limit: number = HISTORY_LIMIT,
): SessionHistory {
  const sessions = new Map<string, HistorySession>();
  for (const [index, row] of rows.slice(0, limit).entries()) {
    const session = readRow(row, index, target);
    const key = JSON.stringify([session.pid, session.startedAt, session.user]);
    if (!sessions.has(key) || session.endedAt !== null) {
      sessions.set(key, session);
    }
  }
  return { sessions: [...sessions.values()], truncated: rows.length > limit };
}

function readRow(row: ResultRow, index: number, target: string): HistorySession {
  const parsed = historyRow.safeParse(row);
  if (!parsed.success) {
    throw new SnapshotUnreadable(
      `Row ${index + 1} of the session history of target '${target}' is not of the expected shape: ` +
        `${describeRowProblems(parsed.error)}. Is it the answer to another statement?`,
      { cause: parsed.error },
    );
  }
  const { pid, started_at, ended_at, user_name, database_name, application_name, client_host, driver } = parsed.data;
  return {
    pid,
    startedAt: started_at,
    endedAt: ended_at,
    user: user_name,
    database: database_name,
    application: application_name,
    clientHost: client_host,
    driver,
  };
}
