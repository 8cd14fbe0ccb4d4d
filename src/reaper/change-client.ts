import type { ClientRecord } from '../lifecycle/client-record.ts';
import { type Client, clientId } from '../policy/client.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';

/** A client has two writers, a run and whoever releases it by hand; who loses this often in a row meets a fault. */
const MAX_TRIES = 5;

/**
 * Decides on a client's record and saves it; when somebody else wrote it meanwhile, reads it again and decides anew.
 *
 * @param decide the next record, or null to leave it as it is
 * @returns the record as it stands afterwards; null: there is none
 * @throws VersionConflict when it loses {@link MAX_TRIES} times in a row
 */
export async function changeClient(
  table: SessionTable,
  target: string,
  client: Client,
  decide: (record: ClientRecord | null) => ClientRecord | null,
): Promise<ClientRecord | null> {
  const id = clientId(client);
  for (let attempt = 1; ; attempt += 1) {
    const record = (await table.listClients(target)).find((one) => one.id === id) ?? null;
    const next = decide(record);
    if (next === null) {
      return record;
    }
    try {
      await table.saveClient(next);
      return next;
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === MAX_TRIES) {
        throw error;
      }
    }
  }
}
