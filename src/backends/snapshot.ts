import type { Backend } from './backend.ts';

/** What one session query saw, and whether it could see everyone. */
export interface Snapshot {
  readonly target: string;
  /** The server's clock when it answered: ISO 8601, UTC. All idle times are measured against it. */
  readonly takenAt: string;
  readonly canary: Canary;
  readonly backends: readonly Backend[];
}

/**
 * The proof that a snapshot is whole, and what whoever took it may do. A Redshift user without the grants sees only its own sessions, which would read
 * as "nobody is idle"; a snapshot is believed only if its user sees everyone's and its own session is in it.
 */
export interface Canary {
  /** The asking user is a superuser or has SYSLOG ACCESS UNRESTRICTED, and so sees every row of STV_SESSIONS. */
  readonly seesEveryone: boolean;
  /** The asking user is a superuser; others may end their own sessions only (AWS page PG_TERMINATE_BACKEND). */
  readonly mayEndOthers: boolean;
  readonly ownPid: number;
  /** The asking session is among the rows. */
  readonly ownSessionSeen: boolean;
}
