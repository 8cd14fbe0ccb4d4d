import { StatementUnknown } from '../warehouse/statement-unknown.ts';
import { BadRequest } from './errors/bad-request.ts';
import { StatementFailed } from './errors/statement-failed.ts';
import { fetchRows } from './fetch-rows.ts';
import type { PoolContext } from './pool-context.ts';
import type { PoolKey } from './pool-key.ts';
import type { PoolStatementDescription, PoolWarehouse } from './pool-warehouse.ts';
import { readMaxRows } from './read-statement-request.ts';
import { decodeResultToken } from './result-token.ts';
import type { ResultRequest, StatementResult } from './session-pool.ts';

/** Statement ids of the Data API (botocore redshift-data 2019-12-20, UUID). */
const STATEMENT_ID = /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}$/;

/**
 * What became of a tenant's statement. Whoever shares the role could describe any of its statements, so the database
 * user under which it ran must be the tenant's; another tenant's statement looks like one that never was.
 *
 * @throws StatementFailed, BadRequest
 */
export async function resultOfStatement(
  context: PoolContext,
  key: PoolKey,
  request: ResultRequest,
): Promise<StatementResult> {
  const maxRows = readMaxRows(request.maxRows);
  const position = request.nextToken === undefined ? undefined : decodeResultToken(request.nextToken);
  const statement = await describeOwn(context, key, request.statementId);
  const { statementId, status } = statement;
  if (status === 'FAILED' || status === 'ABORTED') {
    throw new StatementFailed({ statementId, status }, statement.error);
  }
  if (status !== 'FINISHED') {
    return { status: 'running', statementId };
  }
  if (!statement.hasResultSet) {
    return { status: 'finished', statementId, columns: [], rows: [], nextToken: null };
  }
  return { status: 'finished', statementId, ...(await fetchRows(context.warehouse, statementId, maxRows, position)) };
}

async function describeOwn(
  { warehouse }: PoolContext,
  key: PoolKey,
  statementId: string,
): Promise<PoolStatementDescription> {
  const unknown = (options?: ErrorOptions) =>
    new BadRequest(`Tenant ${key.tenant} has no statement of this id, or its result is older than 24 hours.`, options);
  if (!STATEMENT_ID.test(statementId)) {
    throw unknown();
  }
  const statement = await warehouse.describe(statementId, null).catch((error: unknown) => {
    throw error instanceof StatementUnknown ? unknown({ cause: error }) : error;
  });
  const { database, dbUser } = await signedInAs(warehouse, statement);
  if (dbUser !== key.dbUser || database !== key.database) {
    throw unknown();
  }
  return statement;
}

/**
 * Who ran a statement. One that was submitted with no more than a SessionId may be described without (no page says);
 * then its session tells, which the service lists for 24 hours, as long as it keeps results.
 */
async function signedInAs(
  warehouse: PoolWarehouse,
  { database, dbUser, sessionId }: PoolStatementDescription,
): Promise<Pick<PoolStatementDescription, 'database' | 'dbUser'>> {
  const isTold = database !== null && dbUser !== null;
  const session = isTold || sessionId === null ? null : await warehouse.findSession(sessionId);
  return { database: database ?? session?.database ?? null, dbUser: dbUser ?? session?.dbUser ?? null };
}
