import pMap from 'p-map';
import { isPooled, poolTargetOf } from '../../config/pool-config.ts';
import type { TargetConfig } from '../../config/slotkeeper-config.ts';
import { type PoolKey, poolKeyOf } from '../../pool/pool-key.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import type { SessionPoolTable } from '../../pool/session-pool-table.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { tenantShownAs } from './tenant-users.ts';
import type { SeenBackend } from './view-pool.ts';

/**
 * Strong reads of all pooled sessions that may own one of these backends, and of all that are on record as alive.
 *
 * The index of live sessions only says where to look, and may lag; what it misses is found by the backends' users, from
 * whom the target's template tells the tenant. So no item whose backend is seen is overlooked.
 */
export async function readPooledSessions(
  pool: SessionPoolTable,
  target: TargetConfig,
  backends: readonly Pick<SeenBackend, 'identity' | 'database'>[],
): Promise<readonly PooledSessionRecord[]> {
  const hinted = (await pool.listLiveSessions(target.name)).map(({ key }) => key);
  const keys = new Map([...hinted, ...keysOfUsers(target, backends)].map((key) => [textOf(key), key]));
  const states = await pMap(keys.values(), (key) => pool.readPool(key), { concurrency: WRITE_CONCURRENCY });
  return states.flatMap(({ sessions }) => sessions).filter(({ state }) => state !== 'ended');
}

function keysOfUsers(
  target: TargetConfig,
  backends: readonly Pick<SeenBackend, 'identity' | 'database'>[],
): readonly PoolKey[] {
  if (!isPooled(target)) {
    return [];
  }
  return backends.flatMap(({ identity, database }) => {
    const shown = tenantShownAs(target.pool, identity.user);
    return shown === null || shown === 'unclear'
      ? []
      : [poolKeyOf({ ...poolTargetOf(target), database: database || target.database }, shown.tenant)];
  });
}

function textOf({ tenant, target, database, dbUser }: PoolKey): string {
  return JSON.stringify([tenant, target, database, dbUser]);
}
