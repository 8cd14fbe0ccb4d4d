/** One server session of the past days, live or ended, as the server's own history tells it. */
export interface HistorySession {
  readonly pid: number;
  /** ISO 8601, UTC, whole seconds: with pid and user the same identity that a look shows. */
  readonly startedAt: string;
  /** null: it is still there. */
  readonly endedAt: string | null;
  readonly user: string;
  readonly database: string;
  /** The newest `application_name` that it told; empty when none. */
  readonly application: string;
  /** Empty when the server does not tell. */
  readonly clientHost: string;
  /** What its driver calls itself, version included; empty when it did not say. */
  readonly driver: string;
}

/** What the server remembers of sessions. */
export interface SessionHistory {
  /** Newest start first. */
  readonly sessions: readonly HistorySession[];
  /** Whether there were more, older ones, than are read at most. */
  readonly truncated: boolean;
}
