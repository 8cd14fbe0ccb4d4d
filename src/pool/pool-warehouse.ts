import type { StatementStatus } from '../warehouse/warehouse.ts';

/**
 * A value of a result. Exact: DECIMAL is text, and so is an integer beyond 2^53 and a floating-point NaN or infinity,
 * which JSON has no number for.
 */
export type ResultValue = string | number | boolean | null;

export interface ResultColumn {
  readonly name: string;
  /** As the Data API names it, e.g. `int8`, `numeric`, `varchar`. */
  readonly type: string;
}

export interface ResultPage {
  readonly columns: readonly ResultColumn[];
  /** Values in the order of the columns. */
  readonly rows: readonly (readonly ResultValue[])[];
  readonly nextToken: string | null;
}

/** Where a pool's statement runs: on a session that is opened with it, or on one that is there. */
export type PoolPlace =
  | { readonly kind: 'new'; readonly database: string; readonly dbUser: string; readonly keepAliveSeconds: number }
  | { readonly kind: 'reuse'; readonly sessionId: string; readonly keepAliveSeconds?: number };

export interface PoolStatement {
  readonly sql: string;
  /** Values by name, as text; the Data API takes no empty text and no NULL. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly place: PoolPlace;
  /** 1 to 64 characters: every try of this submission carries it, so that it runs once. */
  readonly clientToken: string;
  /** StatementName: says which lease it belongs to, comes back in the statement's event. */
  readonly name: string;
  readonly withEvent: boolean;
  /** Seconds (1 to 30) to wait for the end in the same call; `null`: not at all. */
  readonly waitSeconds: number | null;
  /** No try of this submission is sent after this: the end of the lease. */
  readonly notAfter: Date;
}

export interface Submission {
  readonly statementId: string;
  readonly sessionId: string | null;
  /** `null` where the answer does not tell; it does only after a wait. */
  readonly status: StatementStatus | null;
  readonly pid: number | null;
  readonly hasResultSet: boolean | null;
}

export interface PoolStatementDescription {
  readonly statementId: string;
  readonly status: StatementStatus;
  /** The database's message when FAILED. */
  readonly error: string | null;
  readonly pid: number | null;
  readonly sessionId: string | null;
  readonly hasResultSet: boolean;
  readonly database: string | null;
  readonly dbUser: string | null;
}

export type ServerSessionStatus = 'AVAILABLE' | 'BUSY' | 'CLOSED';

/** A session as the Data API lists it. */
export interface ServerSession {
  readonly sessionId: string;
  readonly status: ServerSessionStatus;
  readonly createdAt: Date;
  readonly database: string | null;
  readonly dbUser: string | null;
  readonly currentStatementId: string | null;
}

/** The Data API as the pool needs it. No error that it throws holds SQL text or a SessionId. */
export interface PoolWarehouse {
  /**
   * @throws SessionUnavailable the session to reuse is busy, closed or unknown; nothing ran
   * @throws SubmitRefused the service or the end of the lease refused it; nothing ran
   * @throws BadRequest the service finds fault with the statement itself; nothing ran
   * @throws DataApiFailed anything else: whether it ran is not known
   */
  submit(statement: PoolStatement): Promise<Submission>;
  /** @throws StatementUnknown when the service has forgotten it (24 h) or never knew it */
  describe(statementId: string, waitSeconds: number | null): Promise<PoolStatementDescription>;
  /** One page of the result of a FINISHED statement that has a result set. */
  fetchPage(statementId: string, token: string | null): Promise<ResultPage>;
  /** Asks for the statement's end; resolves too when it had ended by itself. */
  cancel(statementId: string): Promise<void>;
  /** A session by its id; `null`: the service does not know it (any more). */
  findSession(sessionId: string): Promise<ServerSession | null>;
  /** Statements of the last 24 h whose name begins so, newest first. */
  findStatements(
    namePrefix: string,
  ): Promise<readonly { readonly statementId: string; readonly sessionId: string | null }[]>;
  /** All sessions of the target's cluster or workgroup that are not closed and belong to this identity. */
  listSessions(): Promise<readonly ServerSession[]>;
}
