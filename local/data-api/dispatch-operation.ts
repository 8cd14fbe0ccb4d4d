import type { DataApiCaller } from './data-api.ts';
import type { DataApiContext } from './data-api-context.ts';
import type { DataApiOperation } from './data-api-operation.ts';
import type { StatementFault } from './fault-switches.ts';
import { cancelStatement } from './operations/cancel-statement.ts';
import { describeStatement } from './operations/describe-statement.ts';
import { describeTable } from './operations/describe-table.ts';
import { getStatementResult, getStatementResultV2 } from './operations/get-statement-result.ts';
import { listDatabases } from './operations/list-databases.ts';
import { listSchemas } from './operations/list-schemas.ts';
import { listSessions } from './operations/list-sessions.ts';
import { listStatements } from './operations/list-statements.ts';
import { listTables } from './operations/list-tables.ts';
import { submitStatement } from './operations/submit-statement.ts';
import { validateRequest } from './validate-request.ts';

/**
 * Validates a request and carries it out.
 *
 * @throws {DataApiError} what the operation answers with instead
 */
export async function dispatchOperation(
  operation: DataApiOperation,
  body: unknown,
  caller: DataApiCaller,
  context: DataApiContext,
  fault: StatementFault,
): Promise<unknown> {
  switch (operation) {
    case 'BatchExecuteStatement': {
      const { Sqls, ExecutionMode, ...request } = validateRequest(operation, body);
      const work = { operation, sqls: Sqls, mode: ExecutionMode ?? 'TRANSACTION' };
      return submitStatement(work, request, caller, context, fault);
    }
    case 'CancelStatement':
      return cancelStatement(validateRequest(operation, body), caller, context);
    case 'DescribeStatement':
      return describeStatement(validateRequest(operation, body), caller, context);
    case 'DescribeTable':
      return describeTable(validateRequest(operation, body), caller, context);
    case 'ExecuteStatement': {
      const { Sql, ...request } = validateRequest(operation, body);
      return submitStatement({ operation, sqls: [Sql] }, request, caller, context, fault);
    }
    case 'GetStatementResult':
      return getStatementResult(validateRequest(operation, body), caller, context);
    case 'GetStatementResultV2':
      return getStatementResultV2(validateRequest(operation, body), caller, context);
    case 'ListDatabases':
      return listDatabases(validateRequest(operation, body), caller, context);
    case 'ListSchemas':
      return listSchemas(validateRequest(operation, body), caller, context);
    case 'ListSessions':
      return listSessions(validateRequest(operation, body), caller, context);
    case 'ListStatements':
      return listStatements(validateRequest(operation, body), caller, context);
    case 'ListTables':
      return listTables(validateRequest(operation, body), caller, context);
  }
}
