import type { StatementStatus } from '../warehouse/warehouse.ts';
import { QueryTimedOut } from './errors/query-timed-out.ts';
import { StatementFailed } from './errors/statement-failed.ts';
import type { HeldLease } from './held-lease.ts';
import type { PoolContext } from './pool-context.ts';
import { renewHeld } from './renew-held.ts';
import type { Submitted } from './submit-on-lease.ts';

/** WaitTimeSeconds at most, and what is waited for the end of a cancelled statement. */
const LONGEST_WAIT_SECONDS = 30;
const CANCEL_WAIT_SECONDS = 5;

/** How a statement ended, and what that means for its session. */
export type StatementEnd =
  | { readonly kind: 'finished'; readonly hasResultSet: boolean; readonly leaseHeld: boolean }
  | {
      readonly kind: 'failed';
      readonly error: StatementFailed | QueryTimedOut;
      readonly leaseHeld: boolean;
      /** It may still run, or left the session as nobody knows it. */
      readonly stateUnknown: boolean;
    };

/**
 * Waits for the end of a submitted statement, with the lease renewed meanwhile; past its time it is cancelled.
 *
 * @param deadline epoch milliseconds
 */
export async function awaitStatement(
  context: PoolContext,
  held: HeldLease,
  submitted: Submitted,
  { timeoutMs, deadline }: { readonly timeoutMs: number; readonly deadline: number },
): Promise<StatementEnd> {
  const { statementId } = submitted;
  let { leaseHeld } = submitted;
  if (submitted.status === 'FINISHED' && submitted.hasResultSet !== null) {
    return { kind: 'finished', hasResultSet: submitted.hasResultSet, leaseHeld };
  }
  let isFirstLook = true;
  for (;;) {
    const left = deadline - context.clock.now().getTime();
    if (left <= 0 && !isFirstLook) {
      return cancel(context, statementId, timeoutMs, leaseHeld);
    }
    const isOver = submitted.status !== null && isTerminal(submitted.status);
    const lease = held.record.lease;
    if (!isOver && leaseHeld && lease !== null && runsOut(context, lease.until)) {
      const { use, retireAfter } = lease;
      leaseHeld = await renewHeld(context, held, { use, retireAfter, forMs: 0 });
    }
    const wait = isOver ? null : waitSeconds(context, left);
    const seen = await context.warehouse.describe(statementId, wait);
    isFirstLook = false;
    if (held.record.pid === null && seen.pid !== null) {
      // Goes into the table with the next write: the reaper knows the session's backend by it.
      held.record = { ...held.record, pid: seen.pid };
    }
    if (seen.status === 'FINISHED') {
      return { kind: 'finished', hasResultSet: seen.hasResultSet, leaseHeld };
    }
    if (seen.status === 'FAILED' || seen.status === 'ABORTED') {
      const error = new StatementFailed({ statementId, status: seen.status }, seen.error);
      // "current transaction is aborted": somebody left one open (awslabs/mcp#1489).
      const stateUnknown = /current transaction is aborted/i.test(seen.error ?? '');
      return { kind: 'failed', error, leaseHeld, stateUnknown };
    }
  }
}

async function cancel(
  { warehouse }: PoolContext,
  statementId: string,
  timeoutMs: number,
  leaseHeld: boolean,
): Promise<StatementEnd> {
  let cause: unknown;
  try {
    await warehouse.cancel(statementId);
    const seen = await warehouse.describe(statementId, CANCEL_WAIT_SECONDS);
    if (seen.status === 'FINISHED') {
      // It was quicker than the cancellation.
      return { kind: 'finished', hasResultSet: seen.hasResultSet, leaseHeld };
    }
    if (isTerminal(seen.status)) {
      const error = new QueryTimedOut(statementId, timeoutMs);
      return { kind: 'failed', error, leaseHeld, stateUnknown: false };
    }
  } catch (error) {
    cause = error;
  }
  const error = new QueryTimedOut(statementId, timeoutMs, cause === undefined ? {} : { cause });
  return { kind: 'failed', error, leaseHeld, stateUnknown: true };
}

function isTerminal(status: StatementStatus): boolean {
  return status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';
}

/** Less than half of a lease is left, or less than a wait of one second needs. */
function runsOut({ clock, limits }: PoolContext, until: string): boolean {
  return Date.parse(until) - clock.now().getTime() < Math.max(limits.leaseSeconds * 500, 2_000);
}

/** A wait ends before half of a lease is over, so that it is renewed in time. */
function waitSeconds({ limits }: PoolContext, leftMs: number): number {
  const most = Math.min(LONGEST_WAIT_SECONDS, Math.max(1, Math.floor(limits.leaseSeconds / 2)));
  return Math.min(most, Math.max(1, Math.ceil(leftMs / 1_000)));
}
