/** A client program or library, how it is recognised, and the setting that keeps it from holding idle sessions. */
export interface KnownClient {
  readonly name: string;
  /** Looked for in the application name. */
  readonly application?: RegExp;
  /** Looked for in the driver's own name and version. */
  readonly driver?: RegExp;
  readonly setting: string;
  readonly why: string;
  /** The project's page that describes the setting. */
  readonly source: string;
}

/**
 * In the order in which they are asked: the program before the library that it uses, the library before its driver.
 * docs/leaks.md has the same advice at length.
 */
export const KNOWN_CLIENTS: readonly KnownClient[] = [
  {
    name: 'Redshift Data API',
    application: /redshift[ _-]?data[ _-]?api/i,
    setting: 'SessionKeepAliveSeconds no longer than the pause between two statements; share sessions through the pool',
    why: 'a kept session holds its slot from its last statement until the keep-alive is over',
    source: 'https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_ExecuteStatement.html',
  },
  {
    name: 'AWS Lambda',
    application: /lambda/i,
    setting:
      'one connection per function, opened outside the handler and closed when idle; or the Data API and the pool',
    why: 'every warm container keeps its connection, and a frozen one cannot run the timer that would close it',
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html',
  },
  {
    name: 'Metabase',
    application: /metabase/i,
    setting: 'MB_JDBC_DATA_WAREHOUSE_MAX_CONNECTION_POOL_SIZE below its default of 15',
    why: 'each Metabase process keeps a pool of its own for each database',
    source: 'https://www.metabase.com/docs/latest/configuring-metabase/environment-variables',
  },
  {
    name: 'Tableau',
    application: /tableau/i,
    setting: 'tsm configuration set -k vizqlserver.protocolcachelifetime_in_minutes -v 30',
    why: 'Tableau Server keeps connections of closed workbooks in its protocol cache, for 120 minutes unless told',
    source: 'https://kb.tableau.com/articles/issue/live-database-connection-not-closing',
  },
  {
    name: 'DBeaver',
    application: /dbeaver/i,
    setting: 'Edit Connection, Initialization: close idle connections after some minutes, and no keep-alive',
    why: 'each editor left open keeps a connection of its own, and a keep-alive hides that nobody uses it',
    source: 'https://github.com/dbeaver/dbeaver/wiki/Configure-Connection-Initialization-Settings',
  },
  {
    name: 'dbt',
    application: /(^|[^a-z])dbt([^a-z]|$)/i,
    setting: 'threads: 4 or fewer in profiles.yml',
    why: 'each thread works on a connection of its own',
    source: 'https://docs.getdbt.com/docs/running-a-dbt-project/using-threads',
  },
  {
    name: 'HikariCP',
    application: /hikari/i,
    setting:
      'minimumIdle: 0, idleTimeout: 60000, a small maximumPoolSize, maxLifetime below the time after which sessions are ended',
    why: 'without minimumIdle the pool keeps maximumPoolSize connections open for good, and idleTimeout has no effect',
    source: 'https://github.com/brettwooldridge/HikariCP#gear-configuration-knobs-baby',
  },
  {
    name: 'SQLAlchemy',
    application: /sqlalchemy/i,
    setting: 'a small pool_size with pool_recycle, or poolclass=NullPool in jobs and functions',
    why: 'the pool keeps up to pool_size connections (5 unless told) open and closes none for being idle',
    source: 'https://docs.sqlalchemy.org/en/20/core/pooling.html',
  },
  {
    name: 'psycopg',
    application: /psycopg|redshift[_-]connector|python/i,
    driver: /redshift[_ -]connector|python/i,
    setting:
      'connections in a with block; psycopg_pool: min_size=0, max_idle=60; SQLAlchemy: poolclass=NullPool or a small pool_size',
    why: 'a connection that no block closes stays until its process ends, and a pool keeps min_size (4 unless told) open',
    source: 'https://www.psycopg.org/psycopg3/docs/api/pool.html',
  },
  {
    name: 'node-postgres',
    application: /node-?postgres|(^|[^a-z])(node|pg-pool)([^a-z]|$)/i,
    setting: 'one Pool per process with idleTimeoutMillis: 10000, min: 0 and a small max; release every client',
    why: 'idleTimeoutMillis: 0 never closes an idle client, and a client that is not released is never idle',
    source: 'https://node-postgres.com/apis/pool',
  },
  {
    name: 'JDBC',
    application: /jdbc/i,
    driver: /jdbc/i,
    setting: "the idle timeout of the tool's or the server's pool (HikariCP: minimumIdle: 0, idleTimeout: 60000)",
    why: 'the driver closes nothing by itself, and its TCP keepalives keep forgotten connections alive',
    source: 'https://docs.aws.amazon.com/redshift/latest/mgmt/jdbc20-configuration-options.html',
  },
  {
    name: 'ODBC',
    application: /odbc/i,
    driver: /odbc/i,
    setting:
      "CPTimeout=60 of the driver in the ODBC administrator (Windows) or odbcinst.ini, and the tool's own disconnect",
    why: 'the driver manager keeps a closed connection in its pool for CPTimeout seconds',
    source: 'https://learn.microsoft.com/en-us/sql/odbc/reference/syntax/sqlconfigdriver-function',
  },
];
