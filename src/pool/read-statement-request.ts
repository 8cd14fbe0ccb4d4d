import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { BadRequest } from './errors/bad-request.ts';
import { SESSION_LIFETIME_SECONDS } from './pool-limits.ts';
import type { StatementRequest } from './session-pool.ts';

/** "Statement text size: 200 KB" (Redshift management guide, "Using the Data API", quotas). */
const SQL_BYTES = 200 * 1024;
const DEFAULT_MAX_ROWS = 1_000;
const MAX_ROWS = 10_000;
const DEFAULT_TIMEOUT_MS = 60_000;

/** A statement request with its defaults, values as the Data API takes them. */
export interface ReadStatementRequest {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly maxRows: number;
  readonly timeoutMs: number;
}

/** The Data API takes no NULL and no text of length zero (Redshift management guide, "Using the Data API"). */
const value = z
  .union(
    [z.string().min(1), z.number(), z.bigint(), z.boolean()],
    'a text that is not empty, a number or a truth value',
  )
  .refine((given) => typeof given !== 'number' || Number.isFinite(given), 'a finite number')
  .transform(String);

const maxRows = z.int().min(1).max(MAX_ROWS).default(DEFAULT_MAX_ROWS);

const shape = z.strictObject({
  sql: z
    .string()
    .refine((sql) => sql.trim() !== '', 'an SQL statement')
    .refine((sql) => Buffer.byteLength(sql) <= SQL_BYTES, `an SQL statement of at most ${SQL_BYTES} bytes`),
  // Model of the Data API (botocore redshift-data 2019-12-20): ParameterName.
  parameters: z.record(z.string().regex(/^[0-9a-zA-Z_]+$/), value).default({}),
  maxRows,
  timeoutMs: z
    .int()
    .min(1_000)
    .max(SESSION_LIFETIME_SECONDS * 1_000)
    .default(DEFAULT_TIMEOUT_MS),
});

/**
 * Checks what a caller asks for; the message names members, never their values.
 *
 * @throws BadRequest
 */
export function readStatementRequest(request: StatementRequest): ReadStatementRequest {
  return parse(shape, request);
}

/** @throws BadRequest when it is not a number of rows */
export function readMaxRows(rows: number | undefined): number {
  return parse(z.object({ maxRows }), { maxRows: rows }).maxRows;
}

function parse<T>(schema: z.ZodType<T>, given: unknown): T {
  const result = safeParse(schema, given);
  if (!result.success) {
    const problems = result.error.issues.map((issue) => `${issue.path.join('.') || 'the request'}: ${issue.message}`);
    throw new BadRequest(`The request is not as expected: ${problems.join('; ')}.`);
  }
  return result.data;
}
