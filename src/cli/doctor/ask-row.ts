import type { Row } from '../../warehouse/warehouse.ts';
import { type AskingWorld, askWarehouse, SessionQueryFailed } from '../ask-warehouse.ts';

/**
 * Asks for one row, in a session of its own.
 *
 * @throws SessionQueryFailed with the server's words, when it refuses or answers otherwise
 */
export async function askRow(world: AskingWorld, target: string, name: string, sql: string): Promise<Row> {
  const { statementId, status, error } = await askWarehouse(world, target, {
    sql,
    parameters: {},
    session: { kind: 'none' },
    name,
  });
  if (status !== 'FINISHED') {
    throw new SessionQueryFailed(error ?? `The question for the ${name} ended ${status} without a word.`);
  }
  const [row] = await world.warehouse.fetchRows(statementId);
  if (row === undefined) {
    throw new SessionQueryFailed(`Expected one row for the ${name}, got none.`);
  }
  return row;
}
