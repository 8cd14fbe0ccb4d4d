import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** Which server was spoken to, and as whom. */
export interface ServerPlace {
  /** Name of the target. */
  readonly target: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** A server that speaks PostgreSQL's protocol did not do what was asked of it. Each cause has a class of its own. */
export class DirectWarehouseFailed extends SlotkeeperError {
  /** What the server or the network called it: an SQLSTATE such as 53300, or a code such as ECONNREFUSED. */
  readonly code: string | null;

  constructor(name: string, message: string, options: { readonly code: string | null; readonly cause: unknown }) {
    super(name, message, { cause: options.cause });
    this.code = options.code;
  }
}

/** What the server or the network said, for the end of a sentence. */
export function saidBy(code: string | null, cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return code === null ? text : `${code}: ${text}`;
}
