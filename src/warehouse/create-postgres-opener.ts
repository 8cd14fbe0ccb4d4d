import { readFile } from 'node:fs/promises';
import type { PostgresTarget } from '../config/target-config.ts';
import { CertificatesUnreadable } from './direct-errors/certificates-unreadable.ts';
import type { DirectWarehouse } from './direct-warehouse.ts';
import type { PostgresWarehouse } from './postgres-direct-warehouse.ts';
import type { PasswordOf } from './postgres-passwords.ts';

/** Connects to a PostgreSQL target and signs in. */
export type OpenDirect = (target: PostgresTarget) => Promise<DirectWarehouse>;

/**
 * Makes the way to a PostgreSQL target: reads its authorities, gets its password, connects. `pg` is loaded with the
 * first connection.
 *
 * @param signal gives up connecting
 * @throws DirectWarehouseFailed, of which each cause has a class, from the function that it returns
 */
export function createPostgresOpener(
  passwordOf: PasswordOf,
  signal?: AbortSignal,
): (target: PostgresTarget) => Promise<PostgresWarehouse> {
  return async (target) => {
    const ca =
      target.tls.mode === 'off' || target.tls.ca === null ? null : await readCertificates(target.name, target.tls.ca);
    const password = await passwordOf(target);
    const { connectPostgres } = await import('./postgres-direct-warehouse.ts');
    return await connectPostgres({ target, password, ca, ...(signal === undefined ? {} : { signal }) });
  };
}

async function readCertificates(target: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CertificatesUnreadable(target, path, error);
  }
}
