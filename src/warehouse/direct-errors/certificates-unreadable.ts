import { DirectWarehouseFailed, saidBy } from './direct-warehouse-failed.ts';

/** The file of certificate authorities that a target names cannot be read. */
export class CertificatesUnreadable extends DirectWarehouseFailed {
  constructor(target: string, path: string, cause: unknown) {
    super(
      'CertificatesUnreadable',
      `Expected the authorities of target '${target}' (tls.ca) to be in a readable PEM file, got ${path} (${saidBy(null, cause)}). Correct the path; it is relative to where Slotkeeper runs, and a deployed function has only what is packaged with it.`,
      { code: null, cause },
    );
  }
}
