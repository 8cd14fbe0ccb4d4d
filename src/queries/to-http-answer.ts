import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import { ResultTooLarge } from './result-too-large.ts';
import type { QueryOutput } from './run-query.ts';

/** What Lambda answers for an HTTP response (API Gateway guide, payload format 2.0). */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** Statuses by the name of an error; whatever else it is, is ours: 500. */
const STATUSES: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Unauthorized: 401,
  NoTenant: 403,
  TenantUnknown: 403,
  StatementFailed: 409,
  SessionLost: 409,
  ResultTooLarge: 413,
  PoolExhausted: 429,
  DataApiFailed: 503,
  SubmitRefused: 503,
  TableThrottled: 503,
  QueryTimedOut: 504,
};

/** Errors whose messages may name our own roles and tables: callers get these words. */
const OWN_WORDS: Readonly<Record<string, string>> = {
  DataApiFailed: 'The service or the network failed; whether the statement ran is not known.',
  SubmitRefused: 'The statement was not taken. Nothing was run.',
  TableThrottled: 'Too much is asked at the moment. Nothing was run.',
};

/** Seconds after which it may be worth asking again, for whom a session or a service was not free. */
const RETRY_AFTER = '1';

/** As for an answer that is not text within text: Lambda lets 6 MB out, and the quotes of a body count twice. */
const MAX_ANSWER_BYTES = 5_900_000;

/**
 * The answer to a query as an HTTP response: 200 with rows, 202 for a statement that still runs.
 *
 * @throws ResultTooLarge when Lambda would not let it out
 */
export function toHttpAnswer(output: QueryOutput): HttpAnswer {
  const answer = respond(output.status === 'finished' ? 200 : 202, output);
  if (output.status === 'finished') {
    const bytes = Buffer.byteLength(JSON.stringify(answer));
    if (bytes > MAX_ANSWER_BYTES) {
      throw new ResultTooLarge(output.statementId, output.rows.length, bytes, MAX_ANSWER_BYTES);
    }
  }
  return answer;
}

/** An error as an HTTP response: its name and message, and the statement where there is one. */
export function toHttpError(error: unknown): HttpAnswer {
  if (!(error instanceof SlotkeeperError) || STATUSES[error.name] === undefined) {
    // What it is about is in the log: a caller is not told of tables, roles and files.
    return respond(500, { error: { name: 'InternalError', message: 'This could not be done; the log says why.' } });
  }
  const { name } = error;
  const message = OWN_WORDS[name] ?? error.message;
  const statementId = 'statementId' in error && typeof error.statementId === 'string' ? error.statementId : null;
  const status = STATUSES[name] ?? 500;
  return respond(
    status,
    { error: { name, message, ...(statementId === null ? {} : { statementId }) } },
    status === 429 || status === 503 ? { 'retry-after': RETRY_AFTER } : {},
  );
}

function respond(statusCode: number, body: object, more: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    statusCode,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...more,
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
