/** Who we are on a PostgreSQL server, how we came in, and what we may. */
export interface PostgresSelf {
  readonly version: string;
  /** e.g. 160004 */
  readonly versionNumber: number;
  readonly user: string;
  readonly database: string;
  readonly standby: boolean;
  readonly superuser: boolean;
  /** Privileges of pg_read_all_stats, of which pg_monitor is a member. */
  readonly seesEveryone: boolean;
  /** Privileges of pg_signal_backend. */
  readonly maySignal: boolean;
  /** Privileges of pg_use_reserved_connections; false before PostgreSQL 16. */
  readonly mayUseReserved: boolean;
}

/** One setting, as it holds where no client has set it otherwise. */
export interface PostgresSetting {
  readonly value: string;
  /** e.g. `ms`, `8kB`; null: none. */
  readonly unit: string | null;
  /** e.g. `default`, `configuration file`. */
  readonly source: string;
}

/** By name; a server that does not know one leaves it out. */
export type PostgresSettings = ReadonlyMap<string, PostgresSetting>;

/** A timeout that a role or a database has of its own; empty: every role, every database. */
export interface PostgresOverride {
  readonly role: string;
  readonly database: string;
  readonly name: string;
  readonly value: string;
}

/** Sessions of others with one user and application. */
export interface PostgresSessions {
  readonly user: string;
  readonly application: string;
  readonly sessions: number;
  /** Those of which only the user shows. */
  readonly hidden: number;
  readonly superusers: number;
  /** Those that we may end. */
  readonly endable: number;
}

/** A setting that is a whole number; 0 where the server does not know it. */
export function numberOf(settings: PostgresSettings, name: string): number {
  return Number(settings.get(name)?.value ?? 0);
}
