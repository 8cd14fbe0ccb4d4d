/// <reference path="./pgpass.d.ts" />
import type { DatabaseUrl } from './parse-database-url.ts';

/**
 * The password for a server: of the URL, else PGPASSWORD, else the line of ~/.pgpass (or PGPASSFILE) that fits, as
 * libpq looks for it. Empty when there is none: the server may trust the connection, and says so itself if not.
 */
export async function findPassword(
  url: Pick<DatabaseUrl, 'host' | 'port' | 'database' | 'user' | 'password'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const { host, port, database, user } = url;
  const given = url.password ?? env['PGPASSWORD'];
  if (given !== undefined) {
    return given;
  }
  const { default: pgpass } = await import('pgpass');
  return await new Promise((resolve) => pgpass({ host, port, database, user }, (found) => resolve(found ?? '')));
}
