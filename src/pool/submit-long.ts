import type { HeldLease } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import { followStatement } from './lifecycle/follow-statement.ts';
import { plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { ReadStatementRequest } from './read-statement-request.ts';
import { refuseTransactionControl } from './run-query.ts';
import { saveSession } from './save-session.ts';
import { submitSafely } from './submit-safely.ts';
import { STATEMENT_LEASE_SECONDS } from './verify-session.ts';

/**
 * Submits a statement that may outlast this process. The lease follows it: the statement's event gives it back, and
 * where no event comes, whoever looks at the server after the lease.
 */
export async function submitLong(
  context: PoolContext,
  pool: KeyPool,
  request: ReadStatementRequest,
): Promise<{ statementId: string; reusedSession: boolean }> {
  const effects = refuseTransactionControl(request.sql);
  const { sql, parameters, timeoutMs } = request;
  const need = { use: 'statement', retireAfter: effects.leavesTraces, forMs: timeoutMs } as const;
  const job = { sql, parameters, timeoutMs, withEvent: true };
  const { held, submitted } = await submitSafely(context, pool, need, job);
  if (submitted.leaseHeld) {
    await leaveTo(context, held, submitted.statementId);
  }
  return { statementId: submitted.statementId, reusedSession: submitted.reused };
}

async function leaveTo(context: PoolContext, held: HeldLease, statementId: string): Promise<void> {
  const at = nowOf(context);
  // Where this comes too late, the statement's event was quicker and has given the lease back.
  await saveSession(
    context.table,
    followStatement(held.record, {
      statementId,
      until: plusSeconds(at, STATEMENT_LEASE_SECONDS),
      uses: held.uses,
      at,
      by: actor(context),
    }),
  );
}
