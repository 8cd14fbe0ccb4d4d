import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';

/** A backend has few writers; who loses this often in a row meets a fault, not a race. */
const MAX_TRIES = 5;

/**
 * Decides on a backend's record and saves it; when somebody else wrote it meanwhile, reads it again and decides anew.
 *
 * @param known the record as it was read before; null: it has none
 * @param decide the next record, or null to leave it as it is
 * @returns the record as it stands in the table afterwards
 * @throws VersionConflict when it loses {@link MAX_TRIES} times in a row
 */
export async function changeBackend(
  table: SessionTable,
  identity: BackendIdentity,
  known: BackendRecord | null,
  decide: (record: BackendRecord | null) => BackendRecord | null,
): Promise<BackendRecord | null> {
  let record = known;
  for (let attempt = 1; ; attempt += 1) {
    const next = decide(record);
    if (next === null) {
      return record;
    }
    try {
      await table.saveBackend(next);
      return next;
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === MAX_TRIES) {
        throw error;
      }
      [record = null] = await table.readBackends([identity]);
    }
  }
}
