import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The statement took longer than it may, or somebody cancelled it (SQLSTATE 57014). */
export class StatementTimedOut extends DirectWarehouseFailed {
  constructor({ target, host, port }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'StatementTimedOut',
      `Expected ${host}:${port} (target '${target}') to answer in time; the statement was cancelled (${saidBy(code, cause)}). The server may be overloaded, or a lock in the way; try again.`,
      { code, cause },
    );
  }
}
