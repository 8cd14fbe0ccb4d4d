import { endPooledSession } from './end-pooled-session.ts';
import { openSession } from './lifecycle/open-session.ts';
import { aliveUntil, plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';
import { sessionNamePrefix } from './statement-name.ts';

/** WaitTimeSeconds at most: so long the answer that names the session may take (API reference, ExecuteStatement). */
const LONGEST_ANSWER_SECONDS = 30;

/** Whether a creation is so old that its pool will not finish it: its lease, an answer and the clocks' differences. */
export function isCreationOverdue({ limits }: PoolContext, record: PooledSessionRecord, at: string): boolean {
  const allowance = LONGEST_ANSWER_SECONDS + limits.leaseGraceSeconds + limits.marginSeconds;
  return (
    record.state === 'creating' &&
    record.lease !== null &&
    Date.parse(at) > Date.parse(plusSeconds(record.lease.until, allowance))
  );
}

/** Whether others may have the session as its creator left it: it was for one statement that leaves nothing behind. */
export function mayShare({ lease }: PooledSessionRecord): boolean {
  return lease?.use !== 'session' && lease?.retireAfter !== true;
}

/**
 * Finds out what became of a creation whose pool has died, by the name of the statement that was to open the session:
 * either it never left, or it has a session, which is adopted. Nothing is left behind, neither slot nor session.
 *
 * @returns the adopted session, not leased by anybody yet; one that nobody may share is still its dead creator's, so that
 *   nobody gets it before it is retired; `null`: none
 */
export async function resolveCreation(
  context: PoolContext,
  record: PooledSessionRecord,
): Promise<PooledSessionRecord | null> {
  const { limits, table, warehouse } = context;
  const statements = await warehouse.findStatements(sessionNamePrefix(record));
  const opener = statements.find((statement) => statement.sessionId !== null);
  const found = opener?.sessionId == null ? null : await warehouse.findSession(opener.sessionId);
  if (found === null || found.status === 'CLOSED') {
    await endPooledSession(context, record, 'never-opened');
    return null;
  }
  if (found.status === 'BUSY') {
    // Its first statement still runs; there is nothing to have yet.
    return null;
  }
  const at = nowOf(context);
  const adopted = openSession(record, {
    sessionId: found.sessionId,
    pid: opener === undefined ? null : (await warehouse.describe(opener.statementId, null)).pid,
    targetSlot:
      (await table.readTargetSlots(record.key.target)).find(({ holder }) => holder === record.id)?.number ?? null,
    aliveUntil: aliveUntil(at, record.keepAliveSeconds, limits.marginSeconds),
    leaseUntil: at,
    adopt: mayShare(record),
    at,
    by: actor(context),
  });
  return (await saveSession(table, adopted)) ? adopted : null;
}
