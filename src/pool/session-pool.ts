import type { ResultColumn, ResultValue } from './pool-warehouse.ts';
import type { StatementEnded } from './statement-ended.ts';

/** One statement for a tenant. */
export interface StatementRequest {
  readonly sql: string;
  /** Values by name (`:name` in the SQL). The Data API takes no NULL and no empty text. */
  readonly parameters?: Readonly<Record<string, string | number | bigint | boolean>>;
  /** Most rows to return at once, 1 to 10,000. @default 1,000 */
  readonly maxRows?: number;
  /** How long the statement may run, milliseconds, 1,000 to 24 h. @default 60,000 */
  readonly timeoutMs?: number;
}

export interface QueryRequest extends StatementRequest {
  readonly tenantId: string;
}

/** A statement that may outlast its caller: its end is told by an event, its result is fetched later. */
export type SubmitRequest = Pick<QueryRequest, 'tenantId' | 'sql' | 'parameters' | 'timeoutMs'>;

export interface ResultRequest {
  readonly tenantId: string;
  readonly statementId: string;
  readonly maxRows?: number;
  /** From an earlier answer: continues after its last row. */
  readonly nextToken?: string;
}

export interface QueryResult {
  readonly statementId: string;
  /** Empty for a statement without a result set. */
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly ResultValue[])[];
  /** Continues after the last row, by {@link SessionPool.result}; `null`: these were all. */
  readonly nextToken: string | null;
  /** Whether it ran on a session that was there. */
  readonly reusedSession: boolean;
}

export type StatementResult =
  | { readonly status: 'running'; readonly statementId: string }
  | (Omit<QueryResult, 'reusedSession'> & { readonly status: 'finished' });

/** Several statements on one session, one after the other. */
export interface TenantSession {
  query(request: StatementRequest): Promise<Omit<QueryResult, 'reusedSession'>>;
}

/**
 * What became of a lease that a statement held.
 *
 * - `released`: others may have the session. `retired`: it is being closed. `ended`: it had died.
 * - `already-settled`: an earlier delivery, or somebody who looked, did it.
 * - `not-ours`, `unknown`, `still-running`: nothing to do.
 */
export type ReleaseOutcome =
  | 'released'
  | 'retired'
  | 'ended'
  | 'already-settled'
  | 'not-ours'
  | 'unknown'
  | 'still-running';

/** What a sweep saw and did. */
export interface SweepReport {
  /** Live sessions seen. */
  readonly seen: number;
  /** Leases of dead holders that were given back. */
  readonly released: number;
  /** Target slots without a session that were freed. */
  readonly slotsFreed: number;
  /** Keys (a tenant each) whose sessions the service would not tell about. */
  readonly failed: number;
}

/**
 * Tenants' queries on shared Data API sessions of one target.
 *
 * Errors with stable names: `BadRequest`, `TenantUnknown`, `PoolExhausted` (nothing ran), `StatementFailed` (Redshift's
 * message), `QueryTimedOut` (cancelled), `SessionLost` (within `withSession` only), and `DataApiFailed` when the service failed in another way.
 */
export interface SessionPool {
  query(request: QueryRequest): Promise<QueryResult>;
  /** Lends one session to `use`. A transaction that is still open at the end is rolled back. */
  withSession<T>(tenantId: string, use: (session: TenantSession) => Promise<T>): Promise<T>;
  submit(request: SubmitRequest): Promise<{ readonly statementId: string; readonly reusedSession: boolean }>;
  /** Only statements of this tenant's own database user are answered for. */
  result(request: ResultRequest): Promise<StatementResult>;
  /** Takes the event of an ended statement: at least once, in any order, also of statements that are not the pool's. */
  releaseByStatement(event: StatementEnded): Promise<ReleaseOutcome>;
  /**
   * Looks after the target's sessions, whoever left them: gives back leases whose holder died, ends what the server no
   * longer has, finds creations that were not finished, frees target slots that nobody has. For a schedule; a pool that
   * needs a session does the same for its own tenant.
   *
   * @param admits the tenants whose sessions were opened by this identity: of others the service tells it nothing, and
   *   sessions that live would be taken for dead. @default all
   */
  sweep(admits?: (tenant: string) => boolean): Promise<SweepReport>;
  /** Gives back every lease that this instance keeps and does not use. It may be used again afterwards. */
  giveBack(): Promise<void>;
}
