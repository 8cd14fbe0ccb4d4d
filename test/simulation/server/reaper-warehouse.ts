import { DataApiFailed } from '../../../src/warehouse/data-api-failed.ts';
import type { Warehouse } from '../../../src/warehouse/warehouse.ts';
import type { DataApi } from './data-api.ts';
import { NoRoom } from './data-api.ts';

/**
 * The reaper's way to the simulated Data API, signed in as a superuser.
 *
 * @param name by which its statements are known in the simulation; the real ones carry none
 */
export function createReaperWarehouse(api: DataApi, dbUser: string, name: string): Warehouse {
  return {
    async submit({ sql, parameters, session, clientToken }) {
      const place =
        session.kind === 'reuse'
          ? session
          : ({
              kind: 'new',
              dbUser,
              backendKind: 'reaper',
              keepAliveSeconds: session.kind === 'new' ? session.keepAliveSeconds : 0,
            } as const);
      try {
        const statement = api.submit({ sql, parameters, clientToken, name, withEvent: false, submitter: name, place });
        return { statementId: statement.id, sessionId: statement.session.id };
      } catch (error) {
        throw error instanceof NoRoom ? noRoom() : error;
      }
    },
    async describe(statementId) {
      const { id, session, status, error, rows, endedAt } = api.statement(statementId);
      return {
        statementId: id,
        sessionId: session.id,
        status,
        error,
        pid: session.backend.pid,
        hasResultSet: status === 'FINISHED',
        resultRows: endedAt === null ? -1 : rows.length,
      };
    },
    async fetchRows(statementId) {
      return api.statement(statementId).rows;
    },
    async cancel(statementId) {
      api.end(api.statement(statementId), 'ABORTED', null);
    },
  };
}

function noRoom(): DataApiFailed {
  const about = { operation: 'ExecuteStatement', target: 'analytics', reason: 'ActiveSessionsExceededException' };
  return new DataApiFailed(about, 'the service has no room for a session.');
}
