import type { Activity } from './activity.ts';
import type { BackendIdentity } from './backend-identity.ts';
import type { Evidence } from './evidence.ts';
import type { Purpose } from './purpose.ts';

export type { Activity } from './activity.ts';

/** One server session as a snapshot saw it. */
export interface Backend {
  readonly identity: BackendIdentity;
  /** The name of its user where the identity has it cut and the catalog knows only one that it can be; absent: as it is there. */
  readonly wholeUser?: string;
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
  /** How many sessions wait for a lock that it holds or was first to ask for; absent: the server does not tell. */
  readonly blocks?: number;
  /** What it is idle for; absent: nothing that could be seen. */
  readonly purpose?: Purpose;
  /** Whether the asking user may end this very backend; absent: the canary tells it for all. */
  readonly mayEnd?: boolean;
}
