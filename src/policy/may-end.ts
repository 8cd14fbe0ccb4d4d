import { type BackendIdentity, isSameBackend } from '../backends/backend-identity.ts';
import type { Snapshot } from '../backends/snapshot.ts';

/**
 * Whether the user who took a snapshot may end this backend. PostgreSQL tells for each. On Redshift, who is no superuser
 * may end sessions of its own user only (AWS page PG_TERMINATE_BACKEND).
 */
export function mayEnd(identity: BackendIdentity, { canary, backends }: Snapshot): boolean {
  const told = backends.find((backend) => isSameBackend(backend.identity, identity))?.mayEnd;
  if (told !== undefined) {
    return told;
  }
  const { user } = identity;
  return canary.mayEndOthers || backends.some((one) => one.own && one.identity.user === user);
}
