import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { readPageToken, writePageToken } from '../page-token.ts';
import { refuseTwoTargets } from '../refuse-two-targets.ts';
import type { RequestOf } from '../request-schemas.ts';
import { isAtPlace } from '../resolve-target.ts';
import type { Statement } from '../statement.ts';

/** Rows of a page where MaxResults is absent or 0: a guess, the most that the model allows. */
const DEFAULT_MAX_RESULTS = 100;

/**
 * ListStatements: the caller's statements, newest first. "By default, only finished statements are shown" (API reference,
 * ListStatements; the same in botocore's service model): read here as those of status FINISHED.
 * RoleLevel makes no difference here: one access key is one identity in one IAM session.
 */
export function listStatements(
  request: RequestOf<'ListStatements'>,
  caller: DataApiCaller,
  { statements, known }: DataApiContext,
): Record<string, unknown> {
  refuseTwoTargets(request);
  const { NextToken, MaxResults, StatementName: prefix = '', Status = 'FINISHED' } = request;
  const { ClusterIdentifier, Database, WorkgroupName } = request;
  const scope = JSON.stringify([prefix, Status, ClusterIdentifier, Database, WorkgroupName]);
  const before = NextToken === undefined ? Number.POSITIVE_INFINITY : readPageToken(NextToken, scope);
  const matching = statements
    .list(caller.accessKeyId)
    .filter(
      ({ sequence, statement: { request: submitted, status } }) =>
        sequence < before &&
        (submitted.statementName ?? '').startsWith(prefix) &&
        (Status === 'ALL' || status === Status) &&
        isAtPlace(submitted.target, request, known.workgroup) &&
        (Database === undefined || submitted.target.database === Database),
    );
  const shown = matching.slice(0, MaxResults || DEFAULT_MAX_RESULTS);
  const last = shown.at(-1);
  return {
    Statements: shown.map(({ statement }) => summary(statement)),
    ...(last === undefined || shown.length === matching.length
      ? {}
      : { NextToken: writePageToken(scope, last.sequence) }),
  };
}

function summary(statement: Statement): Record<string, unknown> {
  const { request, parts } = statement;
  return {
    Id: statement.id,
    Status: statement.status,
    CreatedAt: request.createdAt,
    UpdatedAt: statement.updatedAt,
    IsBatchStatement: statement.isBatch,
    ResultFormat: request.resultFormat,
    ...(statement.isBatch ? { QueryStrings: parts.map(({ sql }) => sql) } : { QueryString: parts[0]?.sql ?? '' }),
    ...(request.statementName === undefined ? {} : { StatementName: request.statementName }),
    ...(request.parameters.length === 0 ? {} : { QueryParameters: request.parameters }),
    ...(request.target.secretArn === undefined ? {} : { SecretArn: request.target.secretArn }),
    ...(request.sessionId === undefined ? {} : { SessionId: request.sessionId }),
  };
}
