import type { EndReason, PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * The server no longer has the session, as far as anybody can know: it was seen closed, its time is over, or it never
 * came to be. The slot is free; its SessionId is forgotten.
 *
 * @throws IllegalPoolTransition when it has ended already
 */
export function endSession(
  record: PooledSessionRecord,
  ended: { readonly reason: EndReason; readonly at: string; readonly by: string },
): PooledSessionRecord {
  if (record.state === 'ended') {
    throw new IllegalPoolTransition('end', record, 'not ended');
  }
  const { reason, at, by } = ended;
  return appendPoolEvent(
    record,
    'ended',
    { at, type: 'ended', by, detail: { reason, from: record.state, uses: record.uses } },
    { lease: null, statementId: null, sessionId: null, endReason: reason },
  );
}
