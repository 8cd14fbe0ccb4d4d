import { POSTGRES_ENGINE } from '../backends/postgres-engine.ts';
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
    const rows = await warehouse.query(POSTGRES_ENGINE.sessionSql, []);
    return POSTGRES_ENGINE.readSnapshot(rows, target.name);
  } finally {
    await warehouse.close();
  }
}
