/** The life of a statement as the Redshift Data API tells it. */
export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'ABORTED' | 'FAILED';

/** A value of a result row. DECIMAL stays exact as text; an integer beyond 2^53 is refused rather than rounded. */
export type Value = string | number | boolean | null;

/** A result row by column name. */
export type Row = Readonly<Record<string, Value>>;

/** Where a statement runs: on a Data API session of its own, on a new one that is kept, or on a kept one. */
export type SessionChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'new'; readonly keepAliveSeconds: number }
  | { readonly kind: 'reuse'; readonly sessionId: string; readonly keepAliveSeconds?: number };

export interface Statement {
  readonly sql: string;
  /** Values by name, as text; the Data API takes no empty string and no NULL. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: SessionChoice;
  /** 1 to 64 characters, the same for every try of the same submission: the Data API keeps it 8 hours. */
  readonly clientToken: string;
}

export interface StatementDescription {
  readonly statementId: string;
  readonly status: StatementStatus;
  /** The database's message when FAILED. */
  readonly error: string | null;
  readonly pid: number | null;
  readonly sessionId: string | null;
  readonly hasResultSet: boolean;
  /** -1: not known. */
  readonly resultRows: number;
}

/** A way to run SQL on one target. */
export interface Warehouse {
  /**
   * Hands a statement in. It has not run yet when this returns.
   *
   * @throws SessionUnavailable when the session to reuse is busy, dead or unknown; nothing ran
   */
  submit(statement: Statement): Promise<{ statementId: string; sessionId: string | null }>;
  /**
   * How far a statement is. With `waitSeconds` (1 to 30) the answer comes at its end, or after that time, or at once
   * where too many wait for it already; so whoever asks again waits in between all the same.
   *
   * @throws StatementUnknown when the service has forgotten the statement (24 h)
   */
  describe(statementId: string, options?: { readonly waitSeconds?: number }): Promise<StatementDescription>;
  /** All rows of a FINISHED statement, over all pages; empty when it has no result set. */
  fetchRows(statementId: string): Promise<readonly Row[]>;
  /** Asks for the statement's end; resolves too when it had ended by itself. */
  cancel(statementId: string): Promise<void>;
}
