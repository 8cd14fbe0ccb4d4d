import { StatementUnknown } from '../warehouse/statement-unknown.ts';
import { releaseSession } from './lifecycle/release-session.ts';
import { aliveUntil } from './lifecycle/session-times.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import { poolKeyOf } from './pool-key.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { retireSession } from './retire-session.ts';
import { saveSession } from './save-session.ts';
import type { ReleaseOutcome } from './session-pool.ts';
import type { StatementEnded } from './statement-ended.ts';
import { parseStatementName } from './statement-name.ts';
import { verifySession } from './verify-session.ts';

/** Tries where the submitter writes at the same time. */
const TRIES = 3;

/**
 * Gives back the lease that a statement holds, by the event of its end. Events come at least once and in any order, may
 * overtake their submitter's own write, and their statement names can be forged: the lease is given back only to the
 * statement that the table names, or that the service says ran on this very session.
 */
export async function releaseByStatement(context: PoolContext, event: StatementEnded): Promise<ReleaseOutcome> {
  const origin = parseStatementName(event.statementName);
  if (origin === null || origin.target !== context.target.name) {
    return 'not-ours';
  }
  const key = poolKeyOf(context.target, origin.tenant);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const record = await context.table.readSession(key, origin.slot);
    if (record === null || record.id !== origin.session) {
      return 'unknown';
    }
    if (record.lease?.use !== 'statement' || record.lease.fence !== origin.fence) {
      return 'already-settled';
    }
    const proof = record.statementId === event.statementId ? 'ended' : await prove(context, record, event);
    if (proof !== 'ended') {
      return proof;
    }
    const outcome = await settle(context, record, event);
    if (outcome !== null) {
      return outcome;
    }
  }
  return 'already-settled';
}

/** The submitter has not written the statement's id yet, or died before: the service knows where it ran. */
async function prove(
  { warehouse }: PoolContext,
  record: PooledSessionRecord,
  event: StatementEnded,
): Promise<'ended' | 'unknown' | 'still-running'> {
  if (record.statementId !== null || record.sessionId === null) {
    return 'unknown';
  }
  try {
    const { sessionId, status } = await warehouse.describe(event.statementId, null);
    if (sessionId !== record.sessionId) {
      return 'unknown';
    }
    if (status !== 'FINISHED' && status !== 'FAILED' && status !== 'ABORTED') {
      return 'still-running';
    }
    // It may have been an earlier statement of the session: only an idle session is free.
    const found = await warehouse.findSession(record.sessionId);
    return found?.status === 'BUSY' ? 'still-running' : 'ended';
  } catch (error) {
    if (error instanceof StatementUnknown) {
      return 'unknown';
    }
    throw error;
  }
}

/** `null`: somebody else wrote first. */
async function settle(
  context: PoolContext,
  record: PooledSessionRecord,
  event: StatementEnded,
): Promise<ReleaseOutcome | null> {
  // A statement whose backend was ended is FAILED or ABORTED; no page says which.
  if (event.state !== 'FINISHED' && (await verifySession(context, record)) !== 'idle') {
    const now = await context.table.readSession(record.key, record.slot);
    return now?.state === 'ended' ? 'ended' : null;
  }
  if (record.lease?.retireAfter === true) {
    return (await retireSession(context, record, 'left with settings or temporary objects')) ? 'retired' : null;
  }
  const at = nowOf(context);
  const ended = Date.parse(event.at) < Date.parse(at) ? event.at : at;
  const released = releaseSession(record, {
    aliveUntil: aliveUntil(ended, record.keepAliveSeconds, context.limits.marginSeconds),
    uses: record.uses,
    at,
    by: `event:${event.statementId}`,
  });
  return (await saveSession(context.table, released)) ? 'released' : null;
}
