import { POSTGRES_SESSION_SQL } from '../backends/postgres-session-sql.ts';
import { readPostgresSnapshot } from '../backends/read-postgres-snapshot.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { PostgresTarget } from '../config/target-config.ts';
import type { PostgresReaperPorts } from './postgres-reaper-ports.ts';

/**
 * Looks who holds a session on a PostgreSQL server now.
 *
 * @throws CanaryFailed when the user may not see what others do
 * @throws DirectWarehouseFailed when it does not get in, or gets no answer
 */
export async function lookAtPostgres(
  { openDirect }: Pick<PostgresReaperPorts, 'openDirect'>,
  target: PostgresTarget,
): Promise<Snapshot> {
  const warehouse = await openDirect(target);
  try {
    return readPostgresSnapshot(await warehouse.query(POSTGRES_SESSION_SQL, []), target.name);
  } finally {
    await warehouse.close();
  }
}
