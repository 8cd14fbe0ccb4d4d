import { SubmitRefused } from '../../../src/pool/errors/submit-refused.ts';
import type { PoolWarehouse, ServerSession } from '../../../src/pool/pool-warehouse.ts';
import { DataApiFailed } from '../../../src/warehouse/data-api-failed.ts';
import type { SimulatedProcess } from '../engine/process.ts';
import type { ApiSession, ApiStatement } from './api-statement.ts';
import { type DataApi, NoRoom } from './data-api.ts';

/**
 * A container's way to the simulated Data API. Of several tries of one submission only the first may leave late: a later
 * one looks at the container's clock, as the real adapter does.
 *
 * @param process the container, by whose clock a lease ends
 */
export function createTenantWarehouse(api: DataApi, process: SimulatedProcess): PoolWarehouse {
  const tried = new Set<string>();
  return {
    async submit({ sql, parameters, place, clientToken, name, withEvent, waitSeconds, notAfter }) {
      if (tried.has(clientToken) && process.now() > notAfter) {
        const about = { operation: 'ExecuteStatement', target: 'analytics', reason: 'LeaseOver' };
        throw new DataApiFailed(about, 'the lease ended before an answer came.');
      }
      tried.add(clientToken);
      const at = place.kind === 'new' ? ({ ...place, backendKind: 'tenant' } as const) : place;
      const statement = submit(() =>
        api.submit({ sql, parameters, clientToken, name, withEvent, submitter: process.name, place: at }),
      );
      await api.wait(statement, waitSeconds);
      return {
        statementId: statement.id,
        sessionId: statement.session.id,
        status: waitSeconds === null ? null : statement.status,
        pid: statement.session.backend.pid,
        hasResultSet: waitSeconds === null ? null : hasResult(statement),
      };
    },
    async describe(statementId, waitSeconds) {
      const statement = api.statement(statementId);
      await api.wait(statement, waitSeconds);
      const { backend, id } = statement.session;
      return {
        statementId,
        status: statement.status,
        error: statement.error,
        pid: backend.pid,
        sessionId: id,
        hasResultSet: hasResult(statement),
        database: backend.database,
        dbUser: backend.user,
      };
    },
    async fetchPage(statementId) {
      const { sql } = api.statement(statementId);
      return { columns: [{ name: 'value', type: 'varchar' }], rows: [[valueIn(sql)]], nextToken: null };
    },
    async cancel(statementId) {
      api.end(api.statement(statementId), 'ABORTED', null);
    },
    async findSession(sessionId) {
      const session = api.sessions.get(sessionId);
      return session === undefined ? null : describe(session);
    },
    async findStatements(prefix) {
      return [...api.statements.values()]
        .filter((statement) => statement.name.startsWith(prefix))
        .map(({ id, session }) => ({ statementId: id, sessionId: session.id }));
    },
    async listSessions() {
      return [...api.sessions.values()].filter(({ backend }) => backend.alive).map(describe);
    },
  };
}

function submit(call: () => ApiStatement): ApiStatement {
  try {
    return call();
  } catch (error) {
    throw error instanceof NoRoom ? new SubmitRefused('sessions-exceeded', 'analytics') : error;
  }
}

function hasResult({ sql }: ApiStatement): boolean {
  return sql.startsWith('{');
}

function valueIn(sql: string): string | null {
  const { value = null }: { value?: string | null } = sql.startsWith('{') ? JSON.parse(sql) : {};
  return value;
}

function describe({ id, backend, statement, createdAt }: ApiSession): ServerSession {
  return {
    sessionId: id,
    status: !backend.alive ? 'CLOSED' : statement === null ? 'AVAILABLE' : 'BUSY',
    createdAt: new Date(createdAt),
    database: backend.database,
    dbUser: backend.user,
    currentStatementId: statement?.id ?? null,
  };
}
