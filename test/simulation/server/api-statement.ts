import type { Row, StatementStatus } from '../../../src/warehouse/warehouse.ts';
import type { BackendKind, ClusterBackend } from './cluster.ts';

export interface ApiSession {
  readonly id: string;
  readonly backend: ClusterBackend;
  readonly createdAt: number;
  /** Name of the statement that opened it. */
  readonly opener: string;
  keepAliveMs: number;
  idleSince: number;
  statement: ApiStatement | null;
  /** Name of the statement that began the transaction that is open; null: none is. */
  transaction: string | null;
}

export type StatementKind = 'look' | 'termination' | 'tenant';

export interface ApiStatement {
  readonly id: string;
  readonly kind: StatementKind;
  readonly name: string;
  readonly withEvent: boolean;
  /** The process that handed it in. */
  readonly submitter: string;
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly session: ApiSession;
  status: StatementStatus;
  error: string | null;
  rows: readonly Row[];
  endedAt: number | null;
  /** How long the server keeps it in a queue, milliseconds; null: as it happens. */
  heldForMs: number | null;
  readonly waiters: (() => void)[];
}

/** What a submission asks for. */
export interface Submitting {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly clientToken: string;
  readonly name: string;
  readonly withEvent: boolean;
  readonly submitter: string;
  readonly place:
    | {
        readonly kind: 'new';
        readonly dbUser: string;
        readonly backendKind: BackendKind;
        readonly keepAliveSeconds: number;
      }
    | { readonly kind: 'reuse'; readonly sessionId: string; readonly keepAliveSeconds?: number | undefined };
}
