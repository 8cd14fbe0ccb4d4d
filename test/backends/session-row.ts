import type { ResultRow } from '../../src/backends/result-row.ts';

/** A row of the session query as the Data API hands it over: text padded, numbers as numbers. Idle for an hour. */
export function sessionRow(changes: ResultRow = {}): ResultRow {
  return {
    pid: 1073,
    started_at: '20261120091244',
    user_name: 'bi_reader'.padEnd(50),
    database_name: 'dev'.padEnd(50),
    timeout_seconds: 0,
    is_own: 0,
    is_running: 0,
    in_transaction: 0,
    holds_locks: 0,
    transaction_started_at: null,
    statement_ended_at: '20261120140302250000',
    is_superuser: 0,
    is_bootstrap: 0,
    application_name: 'Tableau'.padEnd(250),
    client_host: '10.1.2.3'.padEnd(45),
    temp_table_at: null,
    sees_everyone: 1,
    may_end_others: 1,
    own_pid: 900,
    server_now: '20261120150302500000',
    ...changes,
  };
}
