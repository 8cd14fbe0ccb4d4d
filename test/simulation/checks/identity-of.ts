import type { BackendIdentity } from '../../../src/backends/backend-identity.ts';
import type { ClusterBackend } from '../server/cluster.ts';
import { TARGET } from '../world/world.ts';

/** A backend's identity as a snapshot tells it: its start to the second. */
export function identityOf({ pid, startedAt, user }: ClusterBackend): BackendIdentity {
  return { target: TARGET, pid, startedAt: startedAt.toISOString().replace('.000Z', 'Z'), user };
}
