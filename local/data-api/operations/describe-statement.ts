import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { queryDoesNotExist } from '../data-api-error.ts';
import type { RequestOf } from '../request-schemas.ts';
import { isTerminal, partHasResultSet, type Statement, type StatementPart } from '../statement.ts';
import { parseStatementId } from '../statement-id.ts';
import { waitForEnd } from '../wait-for-end.ts';

/** DescribeStatement: how far a statement, or one sub-statement of a batch, has come. */
export async function describeStatement(
  request: RequestOf<'DescribeStatement'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const { id, part } = parseStatementId(request.Id);
  const statement = context.statements.get(id, caller.accessKeyId);
  await waitForEnd(statement, request.WaitTimeSeconds, context, caller.signal);
  const common = commonMembers(statement);
  if (part === undefined) return { ...common, ...describeWhole(statement) };
  const index = part - 1;
  const found = statement.isBatch ? statement.parts[index] : undefined;
  if (found === undefined) throw queryDoesNotExist(request.Id);
  return { ...common, ...describePart(statement, found, index) };
}

function commonMembers(statement: Statement): Record<string, unknown> {
  const { resultFormat, sessionId, target, mode, parameters } = statement.request;
  return {
    ...target.place,
    Database: target.database,
    ...(target.dbUser === undefined ? {} : { DbUser: target.dbUser }),
    ...(target.secretArn === undefined ? {} : { SecretArn: target.secretArn }),
    RedshiftPid: statement.pid,
    ResultFormat: resultFormat,
    ...(parameters.length === 0 ? {} : { QueryParameters: parameters }),
    ...(sessionId === undefined ? {} : { SessionId: sessionId }),
    ...(mode === undefined ? {} : { ExecutionMode: mode }),
  };
}

/** The sums over a batch's parts, as in the example of mgmt/data-api-calling-cli-describe-statement. */
function describeWhole(statement: Statement): Record<string, unknown> {
  const { parts, error } = statement;
  const [only] = parts;
  const finished = statement.status === 'FINISHED';
  return {
    Id: statement.id,
    Status: statement.status,
    CreatedAt: statement.request.createdAt,
    UpdatedAt: statement.updatedAt,
    Duration: isTerminal(statement.status) ? sumOfKnown(parts.map(({ durationNs }) => durationNs)) : -1,
    HasResultSet: statement.hasResultSet,
    ResultRows: finished ? sumOfKnown(parts.map(({ outcome }) => outcome?.rowCount ?? -1)) : -1,
    ResultSize: finished ? sumOfKnown(parts.map(resultSize)) : -1,
    RedshiftQueryId: statement.isBatch ? 0 : (only?.queryId ?? 0),
    ...(error === undefined ? {} : { Error: error }),
    ...(statement.isBatch || only === undefined
      ? { SubStatements: parts.map((part, index) => describePart(statement, part, index)) }
      : { QueryString: only.sql, ...queryUuid(only) }),
  };
}

function describePart(statement: Statement, part: StatementPart, index: number): Record<string, unknown> {
  return {
    Id: `${statement.id}:${index + 1}`,
    Status: part.status,
    CreatedAt: part.createdAt,
    UpdatedAt: part.updatedAt,
    Duration: part.durationNs,
    HasResultSet: partHasResultSet(part),
    QueryString: part.sql,
    ResultRows: part.outcome?.rowCount ?? -1,
    ResultSize: resultSize(part),
    RedshiftQueryId: part.queryId,
    ...queryUuid(part),
    ...(part.error === undefined ? {} : { Error: part.error }),
  };
}

/** There is no query on the cluster before the part has run. */
function queryUuid({ queryId, queryUuid: uuid }: StatementPart): Record<string, unknown> {
  return queryId === 0 ? {} : { RedshiftQueryUuid: uuid };
}

function resultSize(part: StatementPart): number {
  return part.outcome === undefined ? -1 : part.outcome.sizeBytes;
}

/** -1 means "no value": it is the sum of nothing known. */
function sumOfKnown(values: readonly number[]): number {
  const known = values.filter((value) => value >= 0);
  return known.length === 0 ? -1 : known.reduce((sum, value) => sum + value, 0);
}
