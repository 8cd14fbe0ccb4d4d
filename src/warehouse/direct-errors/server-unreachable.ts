import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** Nothing takes connections where the server should be. */
export class ServerUnreachable extends DirectWarehouseFailed {
  constructor({ target, host, port }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'ServerUnreachable',
      `Expected a PostgreSQL server at ${host}:${port} for target '${target}', but nothing there takes connections (${saidBy(code, cause)}). See whether it runs and listens there, and whether security groups and routes let this machine through.`,
      { code, cause },
    );
  }
}
