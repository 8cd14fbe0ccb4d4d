/** How large the server is. */
export interface ServerSize {
  /** Slots for sessions, those reserved for superusers included. */
  readonly maxConnections: number;
  /** Slots of these that only superusers get. */
  readonly reservedConnections: number;
}

/** Separates the fields of a line of the server's log; it occurs in no name that PostgreSQL lets through. */
export const LOG_SEPARATOR = '\x1f';

/**
 * The server's settings, as `name=value`.
 *
 * @param size without the keeper's own session, which gets a slot on top
 */
export function postgresSettings(port: number, size: ServerSize): string[] {
  return [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    // A socket file would be one more way in, and one more path that may be too long.
    'unix_socket_directories=',
    `max_connections=${size.maxConnections + 1}`,
    `superuser_reserved_connections=${size.reservedConnections}`,
    'reserved_connections=0',
    'timezone=UTC',
    'log_timezone=UTC',
    // Speed before safety: what is lost in a power cut is a laptop's play data.
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'wal_level=minimal',
    'max_wal_senders=0',
    'shared_buffers=16MB',
    'jit=off',
    // As few processes as possible beside the sessions.
    'autovacuum=off',
    'io_method=sync',
    'max_worker_processes=0',
    'max_parallel_workers=0',
    // Long enough for the statements that the views show.
    'track_activity_query_size=16384',
    // The log tells when a session ends, and never a statement's text.
    `log_line_prefix=${['', '%m', '%p', '%u', '%d', '%a', ''].join(LOG_SEPARATOR)}`,
    'log_destination=stderr',
    'logging_collector=off',
    'log_connections=',
    'log_disconnections=on',
    'log_statement=none',
    'log_min_error_statement=panic',
    'log_error_verbosity=default',
  ];
}
