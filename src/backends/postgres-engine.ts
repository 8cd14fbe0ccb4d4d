import type { BackendIdentity } from './backend-identity.ts';
import { POSTGRES_SESSION_SQL } from './postgres-session-sql.ts';
import { type PostgresVictim, postgresTermination, readPostgresSignalled } from './postgres-termination.ts';
import { readPostgresSnapshot } from './read-postgres-snapshot.ts';
import type { ResultRow } from './result-row.ts';
import type { SessionEngine } from './session-engine.ts';

/** A PostgreSQL server, connected to directly: values by number. */
interface PostgresEngine extends SessionEngine<readonly string[], PostgresVictim> {
  /** Reads the rows of the guarded statement: who passed its guard and was signalled. */
  readSignalled(rows: readonly ResultRow[], target: string): readonly BackendIdentity[];
}

/** How sessions of a PostgreSQL server are looked at and ended. */
export const POSTGRES_ENGINE: PostgresEngine = {
  sessionSql: POSTGRES_SESSION_SQL,
  readSnapshot: readPostgresSnapshot,
  termination: postgresTermination,
  readSignalled: readPostgresSignalled,
};
