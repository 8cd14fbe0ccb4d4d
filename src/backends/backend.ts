import type { BackendIdentity } from './backend-identity.ts';
import type { Evidence } from './evidence.ts';

/**
 * What a backend is doing. `unknown` is honest: the evidence did not allow one of the others, and nothing is ever done
 * to such a backend.
 */
export type Activity = 'running' | 'idle' | 'idle-in-transaction' | 'idle-in-transaction-holding-locks' | 'unknown';

/** One server session as a snapshot saw it. */
export interface Backend {
  readonly identity: BackendIdentity;
  readonly database: string;
  /** `application_name`; empty when the server does not tell. */
  readonly application: string;
  /** The client's address; empty when the server does not tell. */
  readonly clientHost: string;
  readonly activity: Activity;
  /** End of its newest statement, or its start if it never ran one: ISO 8601, UTC, up to microseconds, server time. */
  readonly lastActiveAt: string;
  /** Whole seconds from `lastActiveAt` to the snapshot, by the server's clock; 0 while running. */
  readonly idleSeconds: number;
  /** The very session that asked. */
  readonly own: boolean;
  /** The platform's own user (`rdsdb`), replication and the like. */
  readonly system: boolean;
  readonly superuser: boolean;
  /** The server's own idle timeout for this session in seconds; 0 = none. */
  readonly serverTimeoutSeconds: number;
  /** Whether a statement of its log made a temporary table; a hint: the log may miss one, and the table may be dropped. */
  readonly tempTables: boolean;
  /** What its activity and idle time rest on. */
  readonly evidence: Evidence;
}
