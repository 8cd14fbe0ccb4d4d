import { endSession } from './lifecycle/end-session.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { EndReason, PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';
import { releaseTargetSlotOf } from './target-slots.ts';

/**
 * Ends a session that the server no longer has, and frees its slots: its own by the write, the target's after it. A
 * crash between the two leaves the target slot to the next creation in the same slot (see `createPooledSession`).
 *
 * @returns the ended record; `null` when somebody else changed it first
 */
export async function endPooledSession(
  context: PoolContext,
  record: PooledSessionRecord,
  reason: EndReason,
): Promise<PooledSessionRecord | null> {
  const ended = endSession(record, { reason, at: nowOf(context), by: actor(context) });
  if (!(await saveSession(context.table, ended))) {
    return null;
  }
  if (reason === 'expired' || reason === 'invalid') {
    context.metrics.count(reason === 'expired' ? 'SessionExpired' : 'SessionInvalid', record.key.tenant);
  }
  await releaseTargetSlotOf(context, record);
  return ended;
}
