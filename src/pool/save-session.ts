import { VersionConflict } from '../session-table/version-conflict.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import type { SessionPoolTable } from './session-pool-table.ts';

/**
 * Saves the next version of a session.
 *
 * @returns whether it is this write that stands: one whose answer was lost is tried again by the SDK and conflicts
 *   with itself, so a conflict is looked at
 */
export async function saveSession(table: SessionPoolTable, record: PooledSessionRecord): Promise<boolean> {
  try {
    await table.saveSession(record);
    return true;
  } catch (error) {
    if (!(error instanceof VersionConflict)) {
      throw error;
    }
  }
  const stored = await table.readSession(record.key, record.slot);
  return (
    stored !== null &&
    stored.version === record.version &&
    stored.id === record.id &&
    stored.state === record.state &&
    stored.lease?.holder === record.lease?.holder &&
    stored.updatedAt === record.updatedAt &&
    stored.events.at(-1)?.by === record.events.at(-1)?.by
  );
}
