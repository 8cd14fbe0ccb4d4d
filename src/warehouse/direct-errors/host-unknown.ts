import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The name of the server is not known to DNS. */
export class HostUnknown extends DirectWarehouseFailed {
  constructor({ target, host }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'HostUnknown',
      `Expected the host of target '${target}' to be one that DNS knows, got ${host} (${saidBy(code, cause)}). Correct the target's host, or see whether the name is known only inside of the server's network (vpc).`,
      { code, cause },
    );
  }
}
