import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The server has no such database, or the user may not connect to it. */
export class DatabaseUnknown extends DirectWarehouseFailed {
  constructor({ target, host, port, user, database }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'DatabaseUnknown',
      `Expected ${host}:${port} (target '${target}') to have a database ${database} that ${user} may connect to; it said (${saidBy(code, cause)}). Correct the target's database, or GRANT CONNECT ON DATABASE.`,
      { code, cause },
    );
  }
}
