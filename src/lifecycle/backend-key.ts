import type { BackendIdentity } from '../backends/backend-identity.ts';

/** One text per backend, for maps; no two backends share it, whatever characters their user's name has. */
export function backendKey(identity: BackendIdentity): string {
  return JSON.stringify([identity.target, identity.pid, identity.startedAt, identity.user]);
}
