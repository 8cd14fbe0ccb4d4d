import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { validationError } from '../data-api-error.ts';
import type { RequestOf } from '../request-schemas.ts';
import { isTerminal } from '../statement.ts';
import { parseStatementId } from '../statement-id.ts';

/** CancelStatement: a statement that has not ended becomes ABORTED, a batch as a whole. */
export function cancelStatement(
  request: RequestOf<'CancelStatement'>,
  caller: DataApiCaller,
  context: DataApiContext,
): { Status: true } {
  const { id, part } = parseStatementId(request.Id);
  const statement = context.statements.get(id, caller.accessKeyId);
  if (part !== undefined) {
    // Our own text: what the service says to a sub-statement's id is not known.
    throw validationError(`A sub-statement cannot be cancelled by itself: cancel the batch with ID: ${id}`);
  }
  if (isTerminal(statement.status)) {
    // Text: getmoto/moto and grafana/redshift-datasource, both after the real service.
    throw validationError(`Could not cancel a query that is already in ${statement.status} state with ID: ${id}`);
  }
  context.runner.interrupt(statement);
  return { Status: true };
}
