import { isNoSlotLeft } from '../warehouse/is-no-slot-left.ts';
import type { StatementDescription } from '../warehouse/warehouse.ts';
import type { FailedRunState } from './failed-run-state.ts';
import { isPermissionDenied } from './is-permission-denied.ts';
import { readTaskError, type TaskError } from './task-error.ts';

/**
 * Why a run failed: the error that a step was caught with, or the end of its query.
 *
 * @param describe asks the warehouse for the statement, whose description alone has the database's message
 */
export async function findFailure(
  state: FailedRunState,
  describe: (statementId: string) => Promise<StatementDescription>,
): Promise<TaskError> {
  if (state.error !== undefined) {
    return readTaskError(state.error);
  }
  const { statement, description } = state;
  if (statement === undefined || description === undefined) {
    return { name: 'RunFailed', message: 'The run failed without an error or a statement to blame.' };
  }
  switch (description.status) {
    case 'FAILED': {
      const { error } = await describe(statement.id);
      if (error !== null && isPermissionDenied(error)) {
        // The log of connections refuses whoever is no superuser before the canary's own column is ever read.
        return {
          name: 'CanaryFailed',
          message: `Expected the database user to be a superuser, who sees everyone's sessions, or one with SYSLOG ACCESS UNRESTRICTED and SELECT on STL_CONNECTION_LOG (on a workgroup: SYS_CONNECTION_LOG and SYS_TRANSACTION_HISTORY); the query for the sessions was refused: ${error}. Nothing was done because of it. Sign in as a superuser (dbUser, secretArn).`,
        };
      }
      if (error !== null && isNoSlotLeft(error)) {
        return {
          name: 'NoSlotLeft',
          message: `Expected a connection slot for the query for the sessions; the server has none left: ${error}. Nothing was done because of it. When all ordinary slots are taken, a run gets in on the Data API session that Slotkeeper keeps from the run before (runs.sessionKeepAlive longer than the time between runs), or as a superuser (dbUser, secretArn), for whom some slots are reserved. Neither was so. End some sessions by hand as a superuser; the next run keeps its session again.`,
        };
      }
      return { name: 'StatementFailed', message: `The query for the sessions failed: ${error ?? 'no message given'}` };
    }
    case 'ABORTED':
      return {
        name: 'StatementAborted',
        message: 'The query for the sessions was aborted: somebody cancelled it, or the server ended its session.',
      };
    default:
      return {
        name: 'StatementTimedOut',
        message: `The query for the sessions had not ended after ${statement.attempt + 1} looks (${description.status} at the last) and was cancelled. Is the cluster's queue full? runs.pollWaits sets how long a run waits.`,
      };
  }
}
