import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The server refused the statement for lack of a privilege (SQLSTATE 42501). */
export class PermissionRefused extends DirectWarehouseFailed {
  constructor({ target, host, port, user }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'PermissionRefused',
      `Expected ${user} on ${host}:${port} (target '${target}') to be allowed what the statement asks; the server refused (${saidBy(code, cause)}). Grant what docs/postgres.md lists: GRANT pg_monitor, pg_signal_backend TO the user.`,
      { code, cause },
    );
  }
}
