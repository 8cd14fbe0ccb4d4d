import { BadRequest } from './errors/bad-request.ts';
import { fetchRows } from './fetch-rows.ts';
import type { KeyPool } from './key-pool.ts';
import type { PoolContext } from './pool-context.ts';
import type { ReadStatementRequest } from './read-statement-request.ts';
import { runToEnd } from './run-to-end.ts';
import type { QueryResult } from './session-pool.ts';
import { settleLease } from './settle-lease.ts';
import { statementEffects } from './statement-effects.ts';
import { submitSafely } from './submit-safely.ts';

/**
 * One statement, complete in itself: the session is free again when it has ended, before its rows are fetched.
 *
 * @throws BadRequest for a word of transaction control: the next statement would be another caller's
 */
export async function runQuery(
  context: PoolContext,
  pool: KeyPool,
  request: ReadStatementRequest,
): Promise<QueryResult> {
  const effects = refuseTransactionControl(request.sql);
  const { sql, parameters, timeoutMs, maxRows } = request;
  const job = { sql, parameters, timeoutMs, withEvent: false };
  const need = { use: 'query', retireAfter: effects.leavesTraces, forMs: timeoutMs } as const;
  const under = await submitSafely(context, pool, need, job);
  const end = await runToEnd(context, pool, under, job);
  if (end.leaseHeld) {
    const outcome = end.kind === 'failed' && end.stateUnknown ? 'unknown-state' : 'used';
    await settleLease(context, pool, under.held, outcome).catch(context.onTrouble);
  }
  if (end.kind === 'failed') {
    throw end.error;
  }
  const { statementId, reused } = under.submitted;
  const rows = end.hasResultSet
    ? await fetchRows(context.warehouse, statementId, maxRows)
    : { columns: [], rows: [], nextToken: null };
  return { statementId, ...rows, reusedSession: reused };
}

/** @throws BadRequest */
export function refuseTransactionControl(sql: string): ReturnType<typeof statementEffects> {
  const effects = statementEffects(sql);
  if (effects.transaction !== null) {
    throw new BadRequest('Expected a statement that is complete in itself, got transaction control. Use withSession.');
  }
  return effects;
}
