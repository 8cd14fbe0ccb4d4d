import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import { saveSession } from '../../pool/save-session.ts';
import type { SessionPoolTable } from '../../pool/session-pool-table.ts';

/**
 * Saves a session that has ended, and gives back its number among the target's slots. If a crash keeps that from being
 * reached, the next creation in its slot does it.
 *
 * @returns whether it was saved; false: somebody else wrote it meanwhile
 */
export async function saveEnded(pool: SessionPoolTable, ended: PooledSessionRecord): Promise<boolean> {
  if (!(await saveSession(pool, ended))) {
    return false;
  }
  const { id, key, targetSlot } = ended;
  const held = targetSlot === null ? await slotsHeldBy(pool, ended) : [targetSlot];
  for (const number of held) {
    await pool.releaseTargetSlot({ target: key.target, number, holder: id });
  }
  return true;
}

/** A creation that died may not have told its number. */
async function slotsHeldBy(pool: SessionPoolTable, { id, key, endReason }: PooledSessionRecord): Promise<number[]> {
  if (endReason !== 'never-opened') {
    return [];
  }
  return (await pool.readTargetSlots(key.target)).filter(({ holder }) => holder === id).map(({ number }) => number);
}
