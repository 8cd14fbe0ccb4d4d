import type pg from 'pg';

/** Who connects, to which database, and under which name. */
export interface RedshiftConnectOptions {
  readonly user: string;
  readonly database: string;
  /** Shown as `application_name` in the connection log. */
  readonly applicationName?: string;
}

/** A running PostgreSQL server that looks like a provisioned Redshift cluster. */
export interface RedshiftServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly database: 'dev';
  readonly superuser: 'awsuser';
  /** Opens one real backend; rejects with PostgreSQL's own error (SQLSTATE in `code`) when no slot is left. */
  connect(options: RedshiftConnectOptions): Promise<pg.Client>;
  /** Ends the server and every backend, and waits until its process is gone. Idempotent. */
  stop(): Promise<void>;
}
