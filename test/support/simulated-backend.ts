import { createHash } from 'node:crypto';
import type { Row } from '../../src/warehouse/warehouse.ts';

/** A server session of the simulated cluster. Times are seconds of the simulation's clock, whole where not said. */
export interface SimulatedBackend {
  readonly pid: number;
  readonly startedAt: Date;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  readonly superuser: boolean;
  lastActiveAt: Date;
  running: boolean;
  holdsLocks: boolean;
  transactionStartedAt: Date | null;
  /** The server refuses to end it. */
  denied: boolean;
  /** How many signals it outlives. */
  outlives: number;
  /** How many others wait for its locks; only PostgreSQL tells. */
  blocks: number;
}

/** What a test says of a backend; the rest is usual. */
export type BackendSketch = Partial<Omit<SimulatedBackend, 'startedAt' | 'lastActiveAt'>> & {
  readonly pid: number;
  /** Seconds since it last did something. */
  readonly idle?: number;
  /** Seconds by which it is older than its last activity. @default 2 hours */
  readonly age?: number;
};

/** Hours that a session is older than its idle time, so that start and last activity differ. */
const AGE_SECONDS = 7200;

export function simulatedBackend(
  { idle = 0, age = AGE_SECONDS, ...sketch }: BackendSketch,
  now: Date,
): SimulatedBackend {
  const lastActiveAt = new Date(now.getTime() - idle * 1000);
  const startedAt = new Date(Math.floor((lastActiveAt.getTime() - age * 1000) / 1000) * 1000);
  return {
    user: 'bi_reader',
    database: 'dev',
    application: 'Tableau',
    superuser: false,
    running: false,
    holdsLocks: false,
    transactionStartedAt: null,
    denied: false,
    outlives: 0,
    blocks: 0,
    ...sketch,
    startedAt,
    lastActiveAt,
  };
}

/** What the asking session adds to every row. */
export interface Asker {
  readonly ownPid: number;
  readonly seesEveryone: boolean;
  readonly now: Date;
}

/** A backend as a row of the session query: names padded, times in digits, flags 0 and 1. */
export function sessionRow(backend: SimulatedBackend, { ownPid, seesEveryone, now }: Asker): Row {
  return {
    pid: backend.pid,
    started_at: secondDigits(backend.startedAt),
    user_name: backend.user.padEnd(50),
    database_name: backend.database.padEnd(50),
    timeout_seconds: 0,
    is_own: backend.pid === ownPid ? 1 : 0,
    is_running: backend.running || backend.pid === ownPid ? 1 : 0,
    in_transaction: backend.transactionStartedAt === null ? 0 : 1,
    holds_locks: backend.holdsLocks ? 1 : 0,
    transaction_started_at: backend.transactionStartedAt === null ? null : microDigits(backend.transactionStartedAt),
    statement_ended_at: microDigits(backend.lastActiveAt),
    is_superuser: backend.superuser ? 1 : 0,
    is_bootstrap: 0,
    application_name: backend.application.padEnd(250),
    client_host: '10.0.0.7',
    temp_table_at: null,
    sees_everyone: seesEveryone ? 1 : 0,
    may_end_others: 1,
    own_pid: ownPid,
    server_now: microDigits(now),
    // What a workgroup's rows have beside those of a cluster.
    user_known: 1,
    transactions_shown: 1,
    others_transactions_shown: 0,
    transaction_ended: backend.transactionStartedAt === null ? 1 : 0,
  };
}

/** A backend as a row of the guarded statement. */
export function signalledRow(backend: SimulatedBackend): Row {
  return {
    pid: backend.pid,
    started_at: secondDigits(backend.startedAt),
    user_name: backend.user.padEnd(50),
    signalled: true,
  };
}

/** The key under which the guarded statement looks for a backend among its victims. */
export function victimKey({ pid, startedAt, user }: Pick<SimulatedBackend, 'pid' | 'startedAt' | 'user'>): string {
  const identity = `${pid}@${secondDigits(startedAt)}@${user}`;
  return `|${createHash('md5').update(identity).digest('hex').slice(0, 28)}`;
}

export function secondDigits(time: Date): string {
  return time.toISOString().replace(/\D/g, '').slice(0, 14);
}

export function microDigits(time: Date): string {
  return `${time.toISOString().replace(/\D/g, '').slice(0, 17)}000`;
}
