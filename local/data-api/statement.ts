import type { BoundSql, SqlParameter } from './bind-parameters.ts';
import type { QueryOutcome } from './query-outcome.ts';
import type { Target } from './resolve-target.ts';

export type StatementStatus = 'SUBMITTED' | 'PICKED' | 'STARTED' | 'FINISHED' | 'ABORTED' | 'FAILED';

/** Whether a status is one that a statement never leaves. */
export function isTerminal(status: StatementStatus): boolean {
  return status === 'FINISHED' || status === 'ABORTED' || status === 'FAILED';
}

/** One SQL text of a statement; a batch has several, which the service calls sub-statements. */
export interface StatementPart {
  readonly sql: string;
  readonly bound: BoundSql;
  readonly queryUuid: string;
  createdAt: Date;
  updatedAt: Date;
  status: StatementStatus;
  error?: string;
  outcome?: QueryOutcome;
  /** Nanoseconds; -1 until it is known. */
  durationNs: number;
  /** 0 until the part has run. */
  queryId: number;
}

/** What was submitted. */
export interface StatementRequest {
  readonly id: string;
  /** The access key of the identity that owns the statement. */
  readonly owner: string;
  readonly target: Target;
  readonly sqls: readonly { readonly sql: string; readonly bound: BoundSql; readonly queryUuid: string }[];
  readonly parameters: readonly SqlParameter[];
  readonly resultFormat: 'JSON' | 'CSV';
  /** Only for a batch. */
  readonly mode?: 'TRANSACTION' | 'AUTO_COMMIT';
  readonly statementName?: string;
  readonly withEvent: boolean;
  /** Only where a session was asked for. */
  readonly sessionId?: string;
  readonly createdAt: Date;
}

/** A submitted statement and how far it has come. */
export class Statement {
  readonly request: StatementRequest;
  readonly parts: readonly StatementPart[];
  /** Aborts when the caller cancels, the session is forced closed or the emulator stops. */
  readonly interruption = new AbortController();
  /** Resolves when the status is terminal. */
  readonly ended: Promise<void>;
  status: StatementStatus = 'SUBMITTED';
  updatedAt: Date;
  endedAt: Date | undefined;
  /** 0 until a backend is known, as the service shows it (awslabs/amazon-redshift-utils#515). */
  pid = 0;
  error: string | undefined;
  /** Calls that wait for the end at this moment. */
  waiters = 0;
  readonly #resolveEnded: () => void;

  constructor(request: StatementRequest) {
    this.request = request;
    this.updatedAt = request.createdAt;
    this.parts = request.sqls.map((sql) => ({
      ...sql,
      createdAt: request.createdAt,
      updatedAt: request.createdAt,
      status: 'SUBMITTED',
      durationNs: -1,
      queryId: 0,
    }));
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  get id(): string {
    return this.request.id;
  }

  get isBatch(): boolean {
    return this.request.mode !== undefined;
  }

  /** True if any part returned a result set, an empty one included. */
  get hasResultSet(): boolean {
    return this.parts.some(partHasResultSet);
  }

  /** Moves on; parts that have not run yet share the statement's way to STARTED. */
  moveTo(status: StatementStatus, now: Date): void {
    this.status = status;
    this.updatedAt = now;
    if (isTerminal(status)) {
      this.endedAt = now;
      this.#resolveEnded();
    }
  }
}

/** Whether one part returned a result set. */
export function partHasResultSet(part: StatementPart): boolean {
  return part.outcome !== undefined && part.outcome.columns.length > 0;
}
