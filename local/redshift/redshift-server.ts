import type pg from 'pg';

/** Who connects, to which database, and under which name. */
export interface RedshiftConnectOptions {
  readonly user: string;
  readonly database: string;
  /** Shown as `application_name` in the connection log. */
  readonly applicationName?: string;
  /**
   * Through which endpoint the session comes in: one server plays a provisioned cluster and a Serverless workgroup, and the
   * system views show each session what they hold there. It stays as it is for the session's life. @default 'cluster'
   */
  readonly endpoint?: 'cluster' | 'workgroup';
}

/** A running PostgreSQL server that looks like a provisioned Redshift cluster, and to sessions that ask for it like a workgroup. */
export interface RedshiftServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly database: 'dev';
  readonly superuser: 'awsuser';
  /**
   * Opens one real backend; rejects with PostgreSQL's own error (SQLSTATE in `code`) when no slot is left.
   *
   * A backend that is ended from elsewhere makes the client emit `error` and `end`. The client comes with a listener for
   * `error`, so that a termination never takes the process down; whoever wants to know adds one of their own.
   */
  connect(options: RedshiftConnectOptions): Promise<pg.Client>;
  /**
   * Crashes the server: a backend dies by SIGKILL, whereupon PostgreSQL ends every session without a word, recovers from its
   * log and starts anew, with all that was committed. Waits until it takes connections again; called meanwhile, it waits for the same crash.
   */
  crash(): Promise<void>;
  /** Ends the server and every backend, and waits until its process is gone. Idempotent. */
  stop(): Promise<void>;
}
