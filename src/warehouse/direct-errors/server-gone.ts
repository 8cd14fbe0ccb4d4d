import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The connection broke: the server shut down, failed over, or ended it; or the network did. */
export class ServerGone extends DirectWarehouseFailed {
  constructor({ target, host, port }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'ServerGone',
      `Expected the connection to ${host}:${port} (target '${target}') to last as long as it was needed; it broke (${saidBy(code, cause)}). What was asked last may or may not have been done. See whether the server has restarted or failed over; the next run looks anew.`,
      { code, cause },
    );
  }
}
