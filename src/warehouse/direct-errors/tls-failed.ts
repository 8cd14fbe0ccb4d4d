import { DirectWarehouseFailed, type ServerPlace, saidBy } from './direct-warehouse-failed.ts';

/** The connection could not be encrypted, or whom it leads to could not be verified. */
export class TlsFailed extends DirectWarehouseFailed {
  constructor({ target, host, port }: ServerPlace, code: string | null, cause: unknown) {
    super(
      'TlsFailed',
      `Expected ${host}:${port} (target '${target}') to prove by its certificate that it is that host, but TLS failed (${saidBy(code, cause)}). Name the authority that signed it with tls.ca (RDS and Aurora: the PEM bundle of their region), use the very name that the certificate has, or let the server speak TLS (ssl = on). Nothing was sent.`,
      { code, cause },
    );
  }
}
