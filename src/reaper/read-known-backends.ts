import type { Snapshot } from '../backends/snapshot.ts';
import { backendKey } from '../lifecycle/backend-key.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** What the table knows: of the backends that a snapshot shows, and of those it no longer shows. */
export interface KnownBackends {
  readonly present: readonly BackendRecord[];
  /** On record as alive, but not in the snapshot. */
  readonly missing: readonly BackendRecord[];
}

/**
 * Strong reads of all records that a snapshot is about. The index of live backends only says where else to look: it may
 * lag, so what it names is read again.
 */
export async function readKnownBackends(table: SessionTable, snapshot: Snapshot): Promise<KnownBackends> {
  const identities = snapshot.backends.map((backend) => backend.identity);
  const seen = new Set(identities.map(backendKey));
  const live = await table.listLiveBackends(snapshot.target);
  const unseen = live.map((record) => record.identity).filter((identity) => !seen.has(backendKey(identity)));
  const [present, missing] = await Promise.all([table.readBackends(identities), table.readBackends(unseen)]);
  return { present, missing };
}
