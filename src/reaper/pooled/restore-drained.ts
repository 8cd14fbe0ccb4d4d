import { canRestore, restoreSession } from '../../pool/lifecycle/restore-session.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import { saveSession } from '../../pool/save-session.ts';
import type { ReaperPorts } from '../reaper-ports.ts';

/**
 * Gives a session back to the pool that the reaper had drained and does not end after all. One that may not be handed
 * out again, or that the pool no longer counts on, stays as it is: it goes by its keep-alive, and a later run sees that.
 */
export async function restoreDrained(
  { pool, now }: Pick<ReaperPorts, 'pool' | 'now'>,
  record: PooledSessionRecord,
  restored: { readonly why: string; readonly by: string },
): Promise<void> {
  const at = now().toISOString();
  if (canRestore(record) && Date.parse(at) < Date.parse(record.aliveUntil)) {
    await saveSession(pool, restoreSession(record, { ...restored, at }));
  }
}
