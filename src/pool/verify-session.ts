import { endPooledSession } from './end-pooled-session.ts';
import { followStatement } from './lifecycle/follow-statement.ts';
import { plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { EndReason, PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';

/** How long a running statement holds a session before somebody looks again whether it still runs. */
export const STATEMENT_LEASE_SECONDS = 60;

/** What a look at the server showed: idle, or not to be had, with the record as it is written now. */
export type Verified = 'idle' | 'not-to-be-had';

/**
 * Looks at the server whether a session is idle, which the refusal "Session is not available" does not tell
 * (awslabs/mcp#4375 and #4587), and writes down what it sees: a closed session ends, a busy one is left to the
 * statement that runs on it.
 */
export async function verifySession(context: PoolContext, record: PooledSessionRecord): Promise<Verified> {
  if (record.sessionId === null) {
    return 'not-to-be-had';
  }
  const found = await context.warehouse.findSession(record.sessionId);
  if (found === null || found.status === 'CLOSED') {
    await endPooledSession(context, record, closedBy(record, nowOf(context)));
    return 'not-to-be-had';
  }
  if (found.status === 'AVAILABLE') {
    return 'idle';
  }
  if (record.state === 'leased') {
    const at = nowOf(context);
    // Whoever writes first is right: the next look sees it.
    await saveSession(
      context.table,
      followStatement(record, {
        statementId: found.currentStatementId,
        until: plusSeconds(at, STATEMENT_LEASE_SECONDS),
        uses: record.uses,
        at,
        by: actor(context),
      }),
    );
  }
  return 'not-to-be-had';
}

function closedBy(record: PooledSessionRecord, at: string): EndReason {
  if (record.state === 'draining') {
    return 'retired';
  }
  return Date.parse(at) < Date.parse(record.aliveUntil) ? 'invalid' : 'expired';
}
