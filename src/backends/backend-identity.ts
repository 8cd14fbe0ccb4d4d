/**
 * What makes a backend (a server session) itself. A pid alone is no identity: servers reuse pids, so the moment the
 * session started and its user belong to it, and the target says which server the pid is of.
 */
export interface BackendIdentity {
  /** The target's name in `slotkeeper.yml`. */
  readonly target: string;
  readonly pid: number;
  /** ISO 8601, UTC, exactly as precise as the server tells it (Redshift: whole seconds), e.g. `2026-11-20T15:03:28Z`. */
  readonly startedAt: string;
  /** Database user, blank padding removed; Redshift's session view cuts it at 50 bytes. */
  readonly user: string;
}

/** Whether two identities name the same backend: all four members count. */
export function isSameBackend(a: BackendIdentity, b: BackendIdentity): boolean {
  return a.target === b.target && a.pid === b.pid && a.startedAt === b.startedAt && a.user === b.user;
}
