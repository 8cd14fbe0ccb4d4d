import { randomUUID } from 'node:crypto';
import { type BoundSql, bindParameters, type SqlParameter } from '../bind-parameters.ts';
import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { DataApiError, validationError } from '../data-api-error.ts';
import type { StatementFault } from '../fault-switches.ts';
import type { RequestOf } from '../request-schemas.ts';
import { refuseTargetWithSession, resolveTarget } from '../resolve-target.ts';
import type { Session } from '../session.ts';
import { Statement } from '../statement.ts';
import { waitForEnd } from '../wait-for-end.ts';

/** The members that ExecuteStatement and BatchExecuteStatement share. */
type Submission = Omit<RequestOf<'ExecuteStatement'>, 'Sql'>;

/** What is to run: one SQL text, or a batch. */
export interface Work {
  readonly operation: 'ExecuteStatement' | 'BatchExecuteStatement';
  readonly sqls: readonly string[];
  readonly mode?: 'TRANSACTION' | 'AUTO_COMMIT';
}

/**
 * Accepts a statement or a batch and lets it run; waits for its end where WaitTimeSeconds says so.
 *
 * @throws {DataApiError} ValidationException, ActiveStatementsExceededException, ActiveSessionsExceededException
 */
export async function submitStatement(
  work: Work,
  request: Submission,
  caller: DataApiCaller,
  context: DataApiContext,
  fault: StatementFault,
): Promise<Record<string, unknown>> {
  const { tokens } = context;
  const { ClientToken: token } = request;
  const earlier = token === undefined ? undefined : tokens.find(caller.accessKeyId, work.operation, token);
  const statement = earlier ?? begin(work, request, caller, context, fault);
  if (earlier === undefined && token !== undefined) {
    tokens.remember(caller.accessKeyId, work.operation, token, statement);
  }
  await waitForEnd(statement, request.WaitTimeSeconds, context, caller.signal);
  return answer(statement, request.WaitTimeSeconds !== undefined);
}

/** Everything up to the start happens without a pause, so that two callers cannot take one session or one token. */
function begin(
  work: Work,
  request: Submission,
  caller: DataApiCaller,
  context: DataApiContext,
  fault: StatementFault,
): Statement {
  const { clock, quotas, runner, statements } = context;
  const parameters = request.Parameters ?? [];
  const sqls = bindAll(work.sqls, parameters, quotas.statementBytes);
  if (statements.active().length >= quotas.activeStatements) {
    throw new DataApiError(
      'ActiveStatementsExceededException',
      `Number of active statements exceeds the allowed limit of ${quotas.activeStatements}.`,
    );
  }
  const id = randomUUID();
  const createdAt = clock.now();
  const { session, target } = place(id, createdAt, request, caller, context);
  const statement = new Statement({
    id,
    owner: caller.accessKeyId,
    target,
    sqls,
    parameters,
    resultFormat: request.ResultFormat ?? 'JSON',
    withEvent: request.WithEvent ?? false,
    createdAt,
    ...(work.mode === undefined ? {} : { mode: work.mode }),
    ...(request.StatementName === undefined ? {} : { statementName: request.StatementName }),
    ...(session === undefined ? {} : { sessionId: session.id }),
  });
  statements.add(statement);
  runner.start(statement, session, fault);
  return statement;
}

/** The session that the statement runs in, if any, and where it connects. */
function place(
  statementId: string,
  createdAt: Date,
  request: Submission,
  caller: DataApiCaller,
  context: DataApiContext,
): { session: Session | undefined; target: Session['request']['target'] } {
  const { known, quotas, sessions } = context;
  const { SessionId, SessionKeepAliveSeconds: aliveSeconds } = request;
  if (SessionId !== undefined) {
    refuseTargetWithSession(request);
    const session = sessions.acquire(SessionId, caller.accessKeyId, statementId);
    if (aliveSeconds !== undefined) session.aliveSeconds = aliveSeconds;
    return { session, target: session.request.target };
  }
  const target = resolveTarget(request, caller, known);
  // A new session that is to be kept for 0 seconds is none (guess).
  if (aliveSeconds === undefined || aliveSeconds === 0) return { session: undefined, target };
  if (sessions.activeCount >= quotas.activeSessions) {
    throw new DataApiError(
      'ActiveSessionsExceededException',
      `Number of active sessions exceeds the allowed limit of ${quotas.activeSessions}.`,
    );
  }
  const owner = caller.accessKeyId;
  return { session: sessions.open({ id: randomUUID(), owner, target, createdAt, aliveSeconds, statementId }), target };
}

function bindAll(
  sqls: readonly string[],
  parameters: readonly SqlParameter[],
  statementBytes: number,
): { sql: string; bound: BoundSql; queryUuid: string }[] {
  const names = parameters.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw validationError(`Parameters list contains a duplicate name: [${twice}]`);
  const used = new Set<string>();
  const all = sqls.map((sql) => {
    if (sql.trim() === '') throw validationError('SQL text must not be empty.');
    if (Buffer.byteLength(sql) > statementBytes) {
      throw validationError(`SQL text must not be longer than ${statementBytes} bytes, got ${Buffer.byteLength(sql)}.`);
    }
    const bound = bindParameters(sql, parameters);
    for (const name of bound.used) used.add(name);
    return { sql, bound, queryUuid: randomUUID() };
  });
  const unused = names.filter((name) => !used.has(name));
  if (unused.length > 0) {
    // Text: aws-samples/getting-started-with-amazon-redshift-data-api#4.
    throw validationError(`Parameters list contains unused parameters. Unused parameters: [${unused.join(', ')}]`);
  }
  return all;
}

function answer(statement: Statement, waited: boolean): Record<string, unknown> {
  const { createdAt, sessionId, target } = statement.request;
  return {
    Id: statement.id,
    CreatedAt: createdAt,
    ...target.place,
    Database: target.database,
    ...(target.dbUser === undefined ? {} : { DbUser: target.dbUser }),
    ...(target.secretArn === undefined ? {} : { SecretArn: target.secretArn }),
    ...(sessionId === undefined ? {} : { SessionId: sessionId }),
    ...(waited ? { Status: statement.status, RedshiftPid: statement.pid, HasResultSet: statement.hasResultSet } : {}),
  };
}
