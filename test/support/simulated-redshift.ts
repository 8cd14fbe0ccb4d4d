import { REDSHIFT_SESSION_SQL } from '../../src/backends/redshift-session-sql.ts';
import { SERVERLESS_SESSION_SQL } from '../../src/backends/serverless-session-sql.ts';
import { SessionUnavailable } from '../../src/warehouse/session-unavailable.ts';
import { StatementUnknown } from '../../src/warehouse/statement-unknown.ts';
import type { Row, Statement, StatementDescription, Warehouse } from '../../src/warehouse/warehouse.ts';
import {
  type BackendSketch,
  type SimulatedBackend,
  sessionRow,
  signalledRow,
  simulatedBackend,
  victimKey,
} from './simulated-backend.ts';
import type { TestClock } from './test-clock.ts';

export type StatementKind = 'look' | 'termination';

/** What a test has a statement do instead of finishing. */
export type StatementFault =
  | { readonly status: 'FAILED'; readonly error: string }
  | { readonly status: 'ABORTED' | 'SUBMITTED' };

interface SimulatedStatement {
  readonly id: string;
  readonly number: number;
  readonly kind: StatementKind;
  readonly victims: string;
  readonly sessionId: string;
  description: Omit<StatementDescription, 'statementId' | 'sessionId' | 'pid'>;
  rows: readonly Row[];
}

/** A cluster, or a workgroup, behind the warehouse port: real rules, no SQL. */
export interface SimulatedRedshift {
  readonly warehouse: Warehouse;
  readonly backends: Map<number, SimulatedBackend>;
  /** Calls of the Data API, by operation. */
  readonly calls: Record<'submit' | 'describe' | 'fetchRows' | 'cancel', number>;
  /** Statements cancelled. */
  readonly cancelled: string[];
  seesEveryone: boolean;
  open(...sketches: BackendSketch[]): void;
  /** A client runs a quick statement. */
  use(pid: number): void;
  close(pid: number): void;
  /** The kept Data API session ends at the server. */
  endDataApiSessions(): void;
  /** The n-th statement (from 1) of a kind does not finish. */
  fail(kind: StatementKind, n: number, fault: StatementFault): void;
  /** Something happens right before the n-th statement of a kind runs. */
  before(kind: StatementKind, n: number, happening: () => void): void;
  /** Counts a statement that came on another way than the Data API; what was to happen before it happens. @returns its number */
  begin(kind: StatementKind): number;
  /** A signal reaches a backend. */
  end(backend: SimulatedBackend): void;
  /** Told of every backend that a signal ends. */
  onEnd(listener: (backend: SimulatedBackend) => void): void;
}

const DENIED = 'ERROR: permission denied to terminate process';

/**
 * A small model of a cluster with its Data API: backends with idle times, Data API sessions with a backend each, one
 * statement at a time per session, ClientTokens, a superuser's or a blind user's view, and the faults that runs meet.
 * A statement runs when it is first described.
 */
export function createSimulatedRedshift(clock: TestClock): SimulatedRedshift {
  const backends = new Map<number, SimulatedBackend>();
  const sessions = new Map<string, number>();
  const statements = new Map<string, SimulatedStatement>();
  const tokens = new Map<string, string>();
  const faults = new Map<string, StatementFault>();
  const happenings = new Map<string, () => void>();
  const listeners: ((backend: SimulatedBackend) => void)[] = [];
  const submitted: Record<StatementKind, number> = { look: 0, termination: 0 };
  let nextPid = 90_000;

  function openDataApiSession(): string {
    nextPid += 1;
    const sessionId = `session-${nextPid}`;
    simulation.open({ pid: nextPid, user: 'awsuser', application: 'Redshift Data API', superuser: true });
    sessions.set(sessionId, nextPid);
    return sessionId;
  }

  function isBusy(sessionId: string): boolean {
    return [...statements.values()].some(
      (statement) => statement.sessionId === sessionId && statement.description.status === 'SUBMITTED',
    );
  }

  function execute(statement: SimulatedStatement): void {
    const name = `${statement.kind}-${statement.number}`;
    const fault = faults.get(name);
    if (fault?.status === 'SUBMITTED') {
      return;
    }
    happenings.get(name)?.();
    if (fault !== undefined) {
      finish(statement, fault.status, fault.status === 'FAILED' ? fault.error : null, []);
      return;
    }
    const ownPid = sessions.get(statement.sessionId) ?? 0;
    if (statement.kind === 'look') {
      const asker = { ownPid, seesEveryone: simulation.seesEveryone, now: clock.now() };
      const visible = [...backends.values()].filter((backend) => asker.seesEveryone || backend.user === 'awsuser');
      finish(
        statement,
        'FINISHED',
        null,
        visible.map((backend) => sessionRow(backend, asker)),
      );
    } else {
      signal(statement, ownPid);
    }
  }

  function signal(statement: SimulatedStatement, ownPid: number): void {
    const rows: Row[] = [];
    for (const backend of [...backends.values()]) {
      if (!statement.victims.includes(victimKey(backend)) || backend.running || backend.pid === ownPid) {
        continue;
      }
      if (backend.denied) {
        finish(statement, 'FAILED', DENIED, []);
        return;
      }
      rows.push(signalledRow(backend));
      end(backend);
    }
    finish(statement, 'FINISHED', null, rows);
  }

  function end(backend: SimulatedBackend): void {
    if (backend.outlives > 0) {
      backend.outlives -= 1;
      return;
    }
    backends.delete(backend.pid);
    for (const listener of listeners) {
      listener(backend);
    }
  }

  function finish(
    statement: SimulatedStatement,
    status: StatementDescription['status'],
    error: string | null,
    rows: readonly Row[],
  ): void {
    statement.description = { status, error, hasResultSet: status === 'FINISHED', resultRows: rows.length };
    statement.rows = rows;
  }

  function require(statementId: string): SimulatedStatement {
    const statement = statements.get(statementId);
    if (statement === undefined) {
      throw new StatementUnknown(statementId);
    }
    return statement;
  }

  const warehouse: Warehouse = {
    async submit({ sql, parameters, session, clientToken }: Statement) {
      simulation.calls.submit += 1;
      const known = tokens.get(clientToken);
      if (known !== undefined) {
        return { statementId: known, sessionId: require(known).sessionId };
      }
      if (session.kind === 'reuse' && (!sessions.has(session.sessionId) || isBusy(session.sessionId))) {
        throw new SessionUnavailable();
      }
      const kind = sql === REDSHIFT_SESSION_SQL || sql === SERVERLESS_SESSION_SQL ? 'look' : 'termination';
      submitted[kind] += 1;
      const statement: SimulatedStatement = {
        id: `${kind}-statement-${submitted[kind]}`,
        number: submitted[kind],
        kind,
        victims: Object.values(parameters).join(''),
        sessionId: session.kind === 'reuse' ? session.sessionId : openDataApiSession(),
        description: { status: 'SUBMITTED', error: null, hasResultSet: false, resultRows: -1 },
        rows: [],
      };
      statements.set(statement.id, statement);
      tokens.set(clientToken, statement.id);
      return { statementId: statement.id, sessionId: statement.sessionId };
    },
    async describe(statementId) {
      simulation.calls.describe += 1;
      const statement = require(statementId);
      if (statement.description.status === 'SUBMITTED') {
        execute(statement);
      }
      const { sessionId, description } = statement;
      return { statementId, sessionId, pid: sessions.get(sessionId) ?? null, ...description };
    },
    async fetchRows(statementId) {
      simulation.calls.fetchRows += 1;
      return require(statementId).rows;
    },
    async cancel(statementId) {
      simulation.calls.cancel += 1;
      simulation.cancelled.push(statementId);
      const statement = require(statementId);
      if (statement.description.status === 'SUBMITTED') {
        finish(statement, 'ABORTED', null, []);
      }
    },
  };

  const simulation: SimulatedRedshift = {
    warehouse,
    backends,
    calls: { submit: 0, describe: 0, fetchRows: 0, cancel: 0 },
    cancelled: [],
    seesEveryone: true,
    open(...sketches) {
      for (const sketch of sketches) {
        backends.set(sketch.pid, simulatedBackend(sketch, clock.now()));
      }
    },
    use(pid) {
      const backend = backends.get(pid);
      if (backend !== undefined) {
        backend.lastActiveAt = clock.now();
      }
    },
    close: (pid) => void backends.delete(pid),
    endDataApiSessions() {
      for (const pid of sessions.values()) {
        backends.delete(pid);
      }
      sessions.clear();
    },
    fail: (kind, n, fault) => void faults.set(`${kind}-${n}`, fault),
    before: (kind, n, happening) => void happenings.set(`${kind}-${n}`, happening),
    begin(kind) {
      submitted[kind] += 1;
      happenings.get(`${kind}-${submitted[kind]}`)?.();
      return submitted[kind];
    },
    end,
    onEnd: (listener) => void listeners.push(listener),
  };
  return simulation;
}
