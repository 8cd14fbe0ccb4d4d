import { TableThrottled } from '../session-table/table-throttled.ts';
import { StatementUnknown } from '../warehouse/statement-unknown.ts';
import type { HeldLease } from './held-lease.ts';
import { openSession } from './lifecycle/open-session.ts';
import { aliveUntil, plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { Submission } from './pool-warehouse.ts';
import { saveSession } from './save-session.ts';
import { statementName } from './statement-name.ts';

/** WaitTimeSeconds: 1 to 30 (API reference, ExecuteStatement). */
const LONGEST_WAIT_SECONDS = 30;

/** Left of the lease after the wait, to renew it in time. */
const RENEWAL_MS = 1_000;

/** What is waited for a new session's backend, so that the table has its process id. */
const NAMING_SECONDS = 2;

/** What is submitted: the caller's statement, or the pool's own ROLLBACK. */
export interface StatementJob {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Its end is told by an event and nobody waits for it. */
  readonly withEvent: boolean;
}

/** A statement that was taken, and whether its lease still stands. */
export interface Submitted extends Submission {
  readonly reused: boolean;
  /** When it was handed in, epoch milliseconds of the pool's clock. */
  readonly startedAt: number;
  /** False: somebody else has the session now; the statement runs all the same. */
  readonly leaseHeld: boolean;
}

/**
 * Submits a statement under a lease, on its session or, where it has none yet, on one that is opened by it; then the
 * table learns the session's name before anything else happens.
 *
 * @throws as `PoolWarehouse.submit`
 */
export async function submitOnLease(context: PoolContext, held: HeldLease, job: StatementJob): Promise<Submitted> {
  const { limits, newId, warehouse, metrics } = context;
  const { record } = held;
  const startedAt = context.clock.now().getTime();
  const { key, lease, sessionId } = record;
  const leaseUntil = new Date(lease?.until ?? 0);
  const submission = await warehouse.submit({
    sql: job.sql,
    parameters: job.parameters,
    place:
      sessionId === null
        ? { kind: 'new', database: key.database, dbUser: key.dbUser, keepAliveSeconds: record.keepAliveSeconds }
        : { kind: 'reuse', sessionId },
    clientToken: newId(),
    name: statementName(record),
    withEvent: job.withEvent,
    waitSeconds: waitSeconds(context, held, job),
    notAfter: leaseUntil,
  });
  held.uses += 1;
  const reused = sessionId !== null;
  metrics.count(reused ? 'SessionHit' : 'SessionMiss', key.tenant);
  if (reused) {
    return { ...submission, reused, startedAt, leaseHeld: true };
  }
  metrics.count('SessionCreated', key.tenant);
  const named = await sessionOf(context, submission);
  if (named.sessionId === null) {
    // The creation stays as it is: whoever resolves it later finds out by the statement's name.
    return { ...submission, reused, startedAt, leaseHeld: false };
  }
  const at = nowOf(context);
  const opened = openSession(record, {
    sessionId: named.sessionId,
    pid: named.pid,
    targetSlot: record.targetSlot,
    aliveUntil: aliveUntil(at, record.keepAliveSeconds, limits.marginSeconds),
    leaseUntil: plusSeconds(at, limits.leaseSeconds),
    adopt: false,
    at,
    by: actor(context),
  });
  const leaseHeld = await saveSession(context.table, opened).catch((error: unknown) => {
    if (!(error instanceof TableThrottled)) {
      throw error;
    }
    // The statement was taken and its caller gets its rows; the creation is resolved as if nobody knew its session.
    return false;
  });
  held.record = opened;
  held.aliveUntil = opened.aliveUntil;
  return { ...submission, sessionId: named.sessionId, pid: named.pid, reused, startedAt, leaseHeld };
}

/** Not longer than the lease, which is renewed between waits; a statement that nobody waits for names its session. */
function waitSeconds({ clock }: PoolContext, held: HeldLease, job: StatementJob): number | null {
  if (job.withEvent) {
    // An answer without a wait may name no session yet (awslabs/mcp#4560 saw it with one).
    return held.record.sessionId === null ? 1 : null;
  }
  const leaseMs = Date.parse(held.record.lease?.until ?? '') - clock.now().getTime() - RENEWAL_MS;
  const seconds = Math.min(job.timeoutMs, leaseMs, LONGEST_WAIT_SECONDS * 1_000) / 1_000;
  return Math.max(1, Math.floor(seconds));
}

async function sessionOf(
  { warehouse }: PoolContext,
  submission: Submission,
): Promise<Pick<Submission, 'sessionId' | 'pid'>> {
  if (submission.sessionId !== null && submission.pid !== null) {
    return submission;
  }
  try {
    const { sessionId, pid } = await warehouse.describe(submission.statementId, NAMING_SECONDS);
    return { sessionId: submission.sessionId ?? sessionId, pid: submission.pid ?? pid };
  } catch (error) {
    if (error instanceof StatementUnknown) {
      return submission;
    }
    throw error;
  }
}
