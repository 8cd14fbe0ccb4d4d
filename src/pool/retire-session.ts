import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { endPooledSession } from './end-pooled-session.ts';
import { SubmitRefused } from './errors/submit-refused.ts';
import { drainSession } from './lifecycle/drain-session.ts';
import { expectClose } from './lifecycle/expect-close.ts';
import { aliveUntil, latestEnd } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';
import { statementName } from './statement-name.ts';

/**
 * The least that a last statement can ask for. There is no call that closes a session, but a statement may change its
 * keep-alive (Redshift management guide, "Using the Data API", session reuse). 0 might close it at once; what it does
 * is documented nowhere, so it is not relied upon.
 */
const LAST_KEEP_ALIVE_SECONDS = 1;
const CLOSE_WITHIN_SECONDS = 10;

/**
 * Gives a session to nobody any more and has the server close it. Its slot stays taken until it is seen to be gone,
 * or certainly is.
 *
 * @param why a few words for the history
 * @returns whether the record was this instance's to drain
 */
export async function retireSession(context: PoolContext, record: PooledSessionRecord, why: string): Promise<boolean> {
  const { limits, table } = context;
  const at = nowOf(context);
  const draining = drainSession(record, {
    why,
    aliveUntil: latestEnd(record, -limits.marginSeconds),
    at,
    by: actor(context),
  });
  if (!(await saveSession(table, draining))) {
    return false;
  }
  if (draining.sessionId !== null) {
    try {
      await askToClose(context, draining, draining.sessionId);
    } catch (error) {
      // It drains all the same, and closes by itself when its keep-alive is over; a later look will see that.
      if (!(error instanceof DataApiFailed || error instanceof SubmitRefused)) {
        throw error;
      }
    }
  }
  return true;
}

async function askToClose(context: PoolContext, draining: PooledSessionRecord, sessionId: string): Promise<void> {
  const { clock, limits, newId, table, warehouse } = context;
  try {
    const { status } = await warehouse.submit({
      sql: 'ROLLBACK',
      parameters: {},
      place: { kind: 'reuse', sessionId, keepAliveSeconds: LAST_KEEP_ALIVE_SECONDS },
      clientToken: newId(),
      name: statementName(draining),
      withEvent: false,
      waitSeconds: CLOSE_WITHIN_SECONDS,
      notAfter: new Date(clock.now().getTime() + CLOSE_WITHIN_SECONDS * 1_000),
    });
    if (status === 'FINISHED' || status === 'FAILED') {
      const at = nowOf(context);
      const closed = aliveUntil(at, LAST_KEEP_ALIVE_SECONDS, limits.marginSeconds);
      await saveSession(table, expectClose(draining, { aliveUntil: closed, at }));
    }
  } catch (error) {
    if (!(error instanceof SessionUnavailable)) {
      throw error;
    }
    const found = await warehouse.findSession(sessionId);
    if (found === null || found.status === 'CLOSED') {
      await endPooledSession(context, draining, 'retired');
    }
  }
}
