import type { PoolStatement, ResultValue } from '../../src/pool/pool-warehouse.ts';
import type { StatementStatus } from '../../src/warehouse/warehouse.ts';

/** What a simulated statement does: its SQL is this as JSON. Anything else finishes at once without a result. */
export interface SimulatedSql {
  /** How long it runs, milliseconds. */
  readonly ms?: number;
  readonly fail?: string;
  readonly value?: ResultValue;
}

/** A session of the simulated service. */
export interface SimulatedSession {
  readonly id: string;
  readonly dbUser: string;
  readonly createdAt: number;
  aliveMs: number;
  statement: SimulatedStatement | null;
  /** End of its last statement. */
  idleSince: number;
  killed: boolean;
}

/** A statement of it. */
export interface SimulatedStatement {
  readonly id: string;
  readonly submitted: PoolStatement;
  readonly session: SimulatedSession;
  readonly pid: number;
  readonly sql: SimulatedSql;
  readonly endsAt: number;
  ended: { readonly at: number; readonly status: StatementStatus; readonly error: string | null } | null;
}

/** Whether a status is one that an event tells. */
export function isEnd(status: StatementStatus): status is 'FINISHED' | 'FAILED' | 'ABORTED' {
  return status === 'FINISHED' || status === 'FAILED' || status === 'ABORTED';
}

/** Ids in the service's form, in order. */
export function uuid(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

/** The process behind a session. */
export function pidOf({ id }: SimulatedSession): number {
  return 1_000 + Number(id.slice(-6));
}
