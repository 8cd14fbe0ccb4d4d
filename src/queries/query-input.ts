import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { BadRequest } from '../pool/errors/bad-request.ts';
import { requireTenantId } from '../pool/require-tenant-id.ts';

/** A statement id of the Data API (pattern of its API model, `UUID`). */
const STATEMENT_ID = /^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\d{1,2})?$/;

/** Longest statement that a session may run (Redshift management guide, "Using the Amazon Redshift Data API"). */
const MAX_TIMEOUT_SECONDS = 24 * 3_600;

const wholeNumber = (max: number) => {
  const expected = `a whole number from 1 to ${max}`;
  return z.number(expected).int(expected).min(1, expected).max(max, expected);
};

/** JSON has no way to tell that a long number was rounded on its way here. */
const exactNumber = z
  .number('a text, a number or a boolean')
  .refine(
    (value) => !Number.isInteger(value) || Number.isSafeInteger(value),
    'an integer beyond 2^53 written as text, since JSON numbers are rounded there',
  );

/** The Data API takes no NULL and no empty text for a parameter. */
const EXPECTED_PARAMETER = 'a text that is not empty, a number or a boolean; null is written in the SQL';
const parameter = z.union([z.string().min(1, EXPECTED_PARAMETER), exactNumber, z.boolean()], EXPECTED_PARAMETER);

const PARAMETER_NAME = /^\w{1,128}$/;

const shape = z.strictObject({
  tenantId: z.string('a tenant id'),
  target: z.string('the name of a target').optional(),
  sql: z.string('SQL text').min(1, 'SQL text').optional(),
  parameters: z
    .record(z.string().regex(PARAMETER_NAME), parameter, {
      error: (issue) => (issue.code === 'invalid_type' ? 'values by name' : undefined),
    })
    .optional(),
  timeoutSeconds: wholeNumber(MAX_TIMEOUT_SECONDS).optional(),
  wait: z.boolean('true or false').optional(),
  statementId: z.string().regex(STATEMENT_ID, 'the id of a statement').optional(),
  nextToken: z.string().min(1, 'the nextToken of an earlier answer').optional(),
  maxRows: wholeNumber(10_000).optional(),
});

type Shape = z.infer<typeof shape>;

/** What `run-query` is asked: to run a statement, to submit one, or for the rows of an earlier one. */
export type QueryInput =
  | ({ readonly kind: 'query' | 'submit'; readonly sql: string } & Omit<Shape, 'sql' | 'statementId' | 'nextToken'>)
  | ({ readonly kind: 'result'; readonly statementId: string } & Pick<
      Shape,
      'tenantId' | 'target' | 'nextToken' | 'maxRows'
    >);

const ONLY_WITH_SQL = ['parameters', 'timeoutSeconds', 'wait'] as const;

/**
 * Reads what a caller sent, e.g. `{ "tenantId": "acme", "sql": "select :n::int", "parameters": { "n": 1 } }`.
 *
 * @throws BadRequest that names every member at fault, and repeats none of their values
 */
export function readQueryInput(payload: unknown): QueryInput {
  const parsed = safeParse(shape, payload);
  if (!parsed.success) {
    throw new BadRequest(`Expected another request: ${parsed.error.issues.map(describe).join('; ')}.`);
  }
  const { sql, statementId, ...input } = parsed.data;
  requireTenantId(input.tenantId);
  if ((sql === undefined) === (statementId === undefined)) {
    throw new BadRequest('Expected either sql, to run a statement, or statementId, for the rows of an earlier one.');
  }
  if (sql !== undefined) {
    if (input.nextToken !== undefined) {
      throw new BadRequest('Expected nextToken together with statementId, not with sql.');
    }
    const { nextToken: _, ...statement } = input;
    return { kind: input.wait === false ? 'submit' : 'query', ...statement, sql };
  }
  const unwanted = ONLY_WITH_SQL.filter((key) => input[key] !== undefined);
  if (statementId === undefined || unwanted.length > 0) {
    throw new BadRequest(`Expected no ${unwanted.join(', ')} together with statementId.`);
  }
  const { tenantId, target, nextToken, maxRows } = input;
  return {
    kind: 'result',
    statementId,
    tenantId,
    ...(target === undefined ? {} : { target }),
    ...(nextToken === undefined ? {} : { nextToken }),
    ...(maxRows === undefined ? {} : { maxRows }),
  };
}

function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path.length === 0 ? 'the payload' : issue.path.map(String).join('.');
  switch (issue.code) {
    case 'unrecognized_keys':
      return `${place} has members that are not known here; known are ${Object.keys(shape.shape).join(', ')}`;
    case 'invalid_key':
      return 'parameters: expected names of letters, digits and underscores';
    case 'invalid_type':
      return issue.path.length === 0 ? 'the payload is no object' : `${place}: expected ${issue.message}`;
    default:
      return `${place}: expected ${issue.message}`;
  }
}
