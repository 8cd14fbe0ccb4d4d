import * as z from 'zod';
import { POSTGRES_SESSION_SQL } from '../../src/backends/postgres-session-sql.ts';
import { NoSlotLeft } from '../../src/warehouse/direct-errors/no-slot-left.ts';
import { PermissionRefused } from '../../src/warehouse/direct-errors/permission-refused.ts';
import { ServerGone } from '../../src/warehouse/direct-errors/server-gone.ts';
import type { DirectWarehouse } from '../../src/warehouse/direct-warehouse.ts';
import type { Row } from '../../src/warehouse/warehouse.ts';
import { microDigits, type SimulatedBackend, secondDigits } from './simulated-backend.ts';
import type { SimulatedRedshift, StatementKind } from './simulated-redshift.ts';
import type { TestClock } from './test-clock.ts';

/** What a test has a direct connection do instead. */
export type DirectFault =
  /** The server refuses the statement, which did nothing. */
  | 'refused'
  /** The connection breaks before the statement is done. */
  | 'lost'
  /** The statement is done, and the connection breaks before its answer arrives. */
  | 'answer-lost';

/** The same simulated server, asked directly as a PostgreSQL server is. */
export interface SimulatedDirect {
  open(): Promise<DirectWarehouse>;
  /** Connections that were opened, and those of them that were closed. */
  readonly connections: { opened: number; closed: number };
  /** Nobody gets in any more. */
  full: boolean;
  /** The n-th statement (from 1) of a kind goes wrong. */
  fail(kind: StatementKind, n: number, fault: DirectFault): void;
}

const PLACE = { target: 'analytics', host: 'db.example.com', port: 5432, database: 'dev', user: 'slotkeeper' };

const victims = z.array(
  z.object({ pid: z.int(), started_at: z.string(), user_name: z.string(), idle_since: z.string() }),
);

export function createSimulatedDirect(server: SimulatedRedshift, clock: TestClock): SimulatedDirect {
  const faults = new Map<string, DirectFault>();
  let nextPid = 80_000;

  function query(ownPid: number, sql: string, parameters: readonly (string | number | null)[]): readonly Row[] {
    const kind: StatementKind = sql === POSTGRES_SESSION_SQL ? 'look' : 'termination';
    const number = server.begin(kind);
    const fault = faults.get(`${kind}-${number}`);
    if (fault === 'refused') {
      throw new PermissionRefused(PLACE, '42501', new Error('permission denied to terminate process'));
    }
    if (fault === 'lost') {
      throw new ServerGone(PLACE, 'ECONNRESET', new Error('read ECONNRESET'));
    }
    const rows = kind === 'look' ? look(ownPid) : signal(ownPid, String(parameters[0]));
    if (fault === 'answer-lost') {
      throw new ServerGone(PLACE, 'ECONNRESET', new Error('read ECONNRESET'));
    }
    return rows;
  }

  function look(ownPid: number): readonly Row[] {
    return [...server.backends.values()].map((backend) => ({
      pid: backend.pid,
      started_at: secondDigits(backend.startedAt),
      user_name: backend.user,
      database_name: backend.database,
      application_name: backend.application,
      client_host: '10.0.0.7',
      backend_type: 'client backend',
      state: server.seesEveryone || backend.pid === ownPid ? stateOf(backend, ownPid) : null,
      state_changed_at: server.seesEveryone || backend.pid === ownPid ? microDigits(backend.lastActiveAt) : null,
      holds_locks: backend.holdsLocks,
      holds_advisory: false,
      is_listener: false,
      blocks: backend.blocks,
      is_superuser: backend.superuser,
      may_end: !backend.denied,
      idle_timeout: '0',
      sees_everyone: server.seesEveryone,
      may_end_others: true,
      own_pid: ownPid,
      server_now: microDigits(clock.now()),
    }));
  }

  function signal(ownPid: number, json: string): readonly Row[] {
    const wanted = victims.parse(JSON.parse(json));
    return [...server.backends.values()].flatMap((backend) => {
      const row = wanted.find(
        ({ pid, started_at, user_name, idle_since }) =>
          pid === backend.pid &&
          started_at.startsWith(secondDigits(backend.startedAt)) &&
          user_name === backend.user &&
          idle_since === microDigits(backend.lastActiveAt),
      );
      if (row === undefined || backend.running || backend.pid === ownPid) {
        return [];
      }
      if (!backend.denied) {
        server.end(backend);
      }
      const { pid, user_name } = row;
      return [{ pid, started_at: secondDigits(backend.startedAt), user_name, signalled: !backend.denied }];
    });
  }

  const direct: SimulatedDirect = {
    connections: { opened: 0, closed: 0 },
    full: false,
    fail: (kind, n, fault) => void faults.set(`${kind}-${n}`, fault),
    async open() {
      if (direct.full) {
        throw new NoSlotLeft(PLACE, '53300', new Error('sorry, too many clients already'));
      }
      nextPid += 1;
      const pid = nextPid;
      direct.connections.opened += 1;
      server.open({ pid, user: 'slotkeeper', application: 'slotkeeper', running: true });
      return {
        query: async (sql, parameters) => query(pid, sql, parameters),
        async close() {
          direct.connections.closed += 1;
          server.close(pid);
        },
      };
    },
  };
  return direct;
}

function stateOf(backend: SimulatedBackend, ownPid: number): string {
  if (backend.running || backend.pid === ownPid) {
    return 'active';
  }
  return backend.transactionStartedAt === null ? 'idle' : 'idle in transaction';
}
