import type { SessionHistory } from '../backends/history-session.ts';
import { readRedshiftHistory } from '../backends/read-redshift-history.ts';
import { REDSHIFT_HISTORY_SQL } from '../backends/redshift-history-sql.ts';
import { type AskingWorld, askWarehouse, SessionQueryFailed } from './ask-warehouse.ts';

/**
 * Asks the server for the sessions of the past seconds. Look first: only the look's canary tells whether the asking
 * user sees everyone's.
 *
 * @throws SessionQueryFailed
 */
export async function readHistory(world: AskingWorld, target: string, seconds: number): Promise<SessionHistory> {
  const answer = await askWarehouse(world, target, {
    sql: REDSHIFT_HISTORY_SQL,
    parameters: { seconds: String(seconds) },
    session: { kind: 'none' },
    name: 'session history query',
  });
  if (answer.status !== 'FINISHED') {
    throw new SessionQueryFailed(
      `The session history query on target ${target} ended ${answer.status}: ${answer.error ?? 'the database gave no message'}`,
    );
  }
  return readRedshiftHistory(await world.warehouse.fetchRows(answer.statementId), target);
}
