import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The server refused the statement for another reason. */
export class QueryRefused extends DirectWarehouseFailed {
  constructor({ target, host, port }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'QueryRefused',
      `Expected ${host}:${port} (target '${target}') to run the statement; it refused (${saidBy(code, cause)}). Is it PostgreSQL 13 or later, and the server itself rather than a pooler?`,
      { code, cause },
    );
  }
}
