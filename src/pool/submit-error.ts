import { dataApiErrorKind } from '../warehouse/data-api-error-kind.ts';
import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SessionUnavailable } from '../warehouse/session-unavailable.ts';
import { withoutSecrets } from '../warehouse/without-secrets.ts';
import { BadRequest } from './errors/bad-request.ts';
import { type RefusalReason, SubmitRefused } from './errors/submit-refused.ts';
import { isRefusal } from './is-refusal.ts';
import type { PoolStatement } from './pool-warehouse.ts';

const REFUSALS: ReadonlyMap<string, RefusalReason> = new Map([
  ['ActiveSessionsExceededException', 'sessions-exceeded'],
  ['ActiveStatementsExceededException', 'statements-exceeded'],
  ['ThrottlingException', 'throttled'],
]);

/**
 * ValidationExceptions about the statement that the caller wrote, e.g. "Parameters list contains unused parameters"
 * (aws-samples/getting-started-with-amazon-redshift-data-api#4). Others are about the pool's own settings.
 */
const ABOUT_THE_STATEMENT = /\bparameters?\b|\bsql\b|\bstatement text\b/i;

/**
 * What an error of ExecuteStatement means to the pool; the error that it throws. Neither SQL text nor a SessionId is
 * in it.
 *
 * @param mayHaveRun an earlier try of the same submission got no answer: then no refusal says that nothing ran, and the
 *   caller's SQL must not be sent under another client token
 */
export function submitError(target: string, statement: PoolStatement, error: unknown, mayHaveRun: boolean): Error {
  if (error instanceof SubmitRefused || error instanceof DataApiFailed) {
    return error;
  }
  const values = Object.values(statement.parameters);
  const sessionId = statement.place.kind === 'reuse' ? [statement.place.sessionId] : [];
  const cause = withoutSecrets(error, [statement.sql, ...sessionId, ...values.filter((value) => value.length > 3)]);
  if (mayHaveRun && isRefusal(error)) {
    return new DataApiFailed(
      { operation: 'ExecuteStatement', target, reason: 'AnswerLost' },
      `a try got no answer, and the next one ${cause.name}: ${cause.message}; whether the statement ran is not known.`,
      { cause },
    );
  }
  if (statement.place.kind === 'reuse' && dataApiErrorKind(error) === 'session-unavailable') {
    return new SessionUnavailable({ cause });
  }
  const refusal = REFUSALS.get(cause.name);
  if (refusal !== undefined) {
    return new SubmitRefused(refusal, target, { cause });
  }
  if (cause.name === 'ValidationException' && ABOUT_THE_STATEMENT.test(cause.message)) {
    return new BadRequest(`The Data API does not take the statement: ${cause.message}`, { cause });
  }
  const about = { operation: 'ExecuteStatement', target, reason: cause.name };
  return new DataApiFailed(about, `the Data API answered ${cause.name}: ${cause.message}`, { cause });
}
