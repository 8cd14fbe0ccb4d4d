import type { PooledSessionRef } from '../../policy/pool-standing.ts';
import type { PoolKey } from '../../pool/pool-key.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';

/** Names a pooled session as it is now. */
export function refOf({ key, slot, id, fence }: PooledSessionRecord): PooledSessionRef {
  return { tenant: key.tenant, database: key.database, dbUser: key.dbUser, slot, id, fence };
}

/** The pool key of a named session. */
export function keyOfRef(target: string, { tenant, database, dbUser }: PooledSessionRef): PoolKey {
  return { tenant, target, database, dbUser };
}
