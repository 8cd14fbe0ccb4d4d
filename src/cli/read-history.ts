import type { SessionHistory } from '../backends/history-session.ts';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import type { DataApiTarget } from '../config/target-config.ts';
import { type AskingWorld, askWarehouse, SessionQueryFailed } from './ask-warehouse.ts';

/**
 * Asks the server for the sessions of the past seconds. Look first: only the look's canary tells whether the asking
 * user sees everyone's.
 *
 * @throws SessionQueryFailed
 */
export async function readHistory(world: AskingWorld, target: DataApiTarget, seconds: number): Promise<SessionHistory> {
  const engine = redshiftEngine(target);
  const answer = await askWarehouse(world, target.name, {
    sql: engine.historySql,
    parameters: { seconds: String(seconds) },
    session: { kind: 'none' },
    name: 'session history query',
  });
  if (answer.status !== 'FINISHED') {
    throw new SessionQueryFailed(
      `The session history query on target ${target.name} ended ${answer.status}: ${answer.error ?? 'the database gave no message'}`,
    );
  }
  return engine.readHistory(await world.warehouse.fetchRows(answer.statementId), target.name);
}
