import type { BackendIdentity } from './backend-identity.ts';
import type { ResultRow } from './result-row.ts';
import type { Snapshot } from './snapshot.ts';

/** A statement with its values apart from it. */
export interface EngineStatement<Parameters> {
  readonly sql: string;
  readonly parameters: Parameters;
}

/**
 * All in which one engine differs from another when sessions are looked at and ended: the SQL, and how to read what it
 * answers. Who asks is the same for all of them.
 *
 * @typeParam Parameters how values travel: by name as text through the Data API, by number on a direct connection
 * @typeParam Victim what the guard needs to know of a victim
 */
export interface SessionEngine<Parameters, Victim extends BackendIdentity = BackendIdentity> {
  /** One row per session. */
  readonly sessionSql: string;
  /**
   * Reads the rows of {@link SessionEngine.sessionSql}.
   *
   * @throws CanaryFailed when not even the asking session is among them
   * @throws SnapshotUnreadable when a row is of another shape
   */
  readSnapshot(rows: readonly ResultRow[], target: string): Snapshot;
  /** The one guarded statement that ends these victims, all of one target. */
  termination(victims: readonly Victim[]): EngineStatement<Parameters>;
}
