import { awaitStatement, type StatementEnd } from './await-statement.ts';
import { TenantUnknown } from './errors/tenant-unknown.ts';
import type { KeyPool } from './key-pool.ts';
import type { PoolContext } from './pool-context.ts';
import { settleLease } from './settle-lease.ts';
import type { StatementJob } from './submit-on-lease.ts';
import type { SubmittedUnderLease } from './submit-safely.ts';
import { verifySession } from './verify-session.ts';

/**
 * PostgreSQL's words for a sign-in with a user that is not there. Redshift's own, and those of a refused
 * GetClusterCredentials, are not published; both would show as StatementFailed or DataApiFailed then.
 */
const NO_SUCH_USER = /(?:role|user) "[^"]*" does not exist/i;

/**
 * Waits for a submitted statement; whatever goes wrong in the waiting, its lease is settled.
 *
 * @throws TenantUnknown when the session could not be opened because its database user does not exist
 */
export async function runToEnd(
  context: PoolContext,
  pool: KeyPool,
  { held, submitted }: SubmittedUnderLease,
  job: StatementJob,
): Promise<StatementEnd> {
  const { startedAt } = submitted;
  const deadline = startedAt + job.timeoutMs;
  const end = await awaitStatement(context, held, submitted, { timeoutMs: job.timeoutMs, deadline }).catch(
    async (error: unknown) => {
      // Nobody knows whether it still runs.
      await settleLease(context, pool, held, 'unknown-state');
      throw error;
    },
  );
  context.metrics.duration('StatementTime', pool.key.tenant, context.clock.now().getTime() - startedAt);
  if (end.kind === 'failed' && !submitted.reused && end.leaseHeld) {
    // What failed may have been the opening of the session: then there is none.
    const seen = await verifySession(context, held.record);
    if (seen !== 'idle') {
      pool.line.wakeFirst();
      if (submitted.pid === null && NO_SUCH_USER.test(end.error.message)) {
        throw new TenantUnknown(pool.key.tenant, context.target.name, { cause: end.error });
      }
      return { ...end, leaseHeld: false };
    }
  }
  return end;
}
