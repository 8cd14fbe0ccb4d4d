import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import { saveSession } from '../../pool/save-session.ts';
import type { SessionPoolTable } from '../../pool/session-pool-table.ts';
import { releaseTargetSlotOf } from '../../pool/target-slots.ts';

/**
 * Saves a session that has ended, and gives back its number among the target's slots. If a crash keeps that from being
 * reached, the next creation in its slot does it.
 *
 * @returns whether it was saved; false: somebody else wrote it meanwhile
 */
export async function saveEnded(table: SessionPoolTable, ended: PooledSessionRecord): Promise<boolean> {
  if (!(await saveSession(table, ended))) {
    return false;
  }
  // Only a creation that nobody finished may have a number that it did not tell.
  if (ended.targetSlot !== null || ended.uses === 0) {
    await releaseTargetSlotOf({ table }, ended);
  }
  return true;
}
