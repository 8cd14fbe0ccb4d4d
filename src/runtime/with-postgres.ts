import type { PostgresReaperPorts } from '../reaper/postgres-reaper-ports.ts';
import type { ReaperPorts } from '../reaper/reaper-ports.ts';
import { createPostgresOpener } from '../warehouse/create-postgres-opener.ts';
import { createPostgresPasswords } from '../warehouse/postgres-passwords.ts';

/** The functions' ports, and the way to PostgreSQL servers; only those that speak to one carry its client. */
export function withPostgres(ports: ReaperPorts): PostgresReaperPorts {
  const passwordOf = createPostgresPasswords(() => process.env['PGPASSWORD'] || null);
  return { ...ports, openDirect: createPostgresOpener(passwordOf) };
}
