import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { Snapshot } from '../backends/snapshot.ts';

/**
 * Whether the user who took a snapshot may end this backend: who is no superuser may end sessions of its own user only
 * (AWS page PG_TERMINATE_BACKEND).
 */
export function mayEnd({ user }: BackendIdentity, { canary, backends }: Snapshot): boolean {
  return canary.mayEndOthers || backends.some((one) => one.own && one.identity.user === user);
}
