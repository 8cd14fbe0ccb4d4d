import type { z } from 'zod';
import { safeParse } from '../../src/errors/safe-parse.ts';
import { DataApiError, validationError } from './data-api-error.ts';
import { ID_PATTERN, REQUEST_SCHEMAS, type RequestOf } from './request-schemas.ts';

/** Characters of a refused value that the answer repeats; AWS's own limit is not documented. */
const LONGEST_SHOWN = 200;

type Issue = z.core.$ZodIssue;

/**
 * Checks a request against the service's model.
 *
 * The wording is AWS's general one for modelled constraints; that this service uses it too is a guess, except for ids,
 * whose text was seen (`id must satisfy regex pattern: …`, ballerina-platform/module-ballerinax-aws.redshiftdata, tests).
 *
 * @throws {DataApiError} SerializationException for a value of the wrong JSON type, else ValidationException
 */
export function validateRequest<O extends keyof typeof REQUEST_SCHEMAS>(operation: O, body: unknown): RequestOf<O>;
export function validateRequest(operation: keyof typeof REQUEST_SCHEMAS, body: unknown): unknown {
  const schema: z.ZodType = REQUEST_SCHEMAS[operation];
  const parsed = safeParse(schema, withoutNulls(body), { reportInput: true });
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const mistyped = issues.find(isMistyped);
  if (mistyped !== undefined) {
    throw new DataApiError('SerializationException', `${memberPath(mistyped)}: ${mistyped.message}`);
  }
  const malformedId = issues.find(isMalformedId);
  if (malformedId !== undefined) {
    throw validationError(`${memberPath(malformedId)} must satisfy regex pattern: ${ID_PATTERN.source}`);
  }
  const count = issues.length === 1 ? '1 validation error' : `${issues.length} validation errors`;
  throw validationError(`${count} detected: ${issues.map(describe).join('; ')}`);
}

/** A value of an enumeration is a text, too. */
function isMistyped({ code, input }: Issue): boolean {
  return (
    (code === 'invalid_type' && input !== undefined) ||
    (code === 'invalid_value' && input !== undefined && typeof input !== 'string')
  );
}

/** AWS JSON treats a null member as one that is not there. */
function withoutNulls(body: unknown): unknown {
  if (Array.isArray(body)) return body.map(withoutNulls);
  if (typeof body !== 'object' || body === null) return body;
  return Object.fromEntries(
    Object.entries(body)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([key, value]) => [key, withoutNulls(value)]),
  );
}

function isMalformedId(issue: Issue): boolean {
  const member = issue.path.at(-1);
  return issue.code === 'invalid_format' && (member === 'Id' || member === 'SessionId');
}

/** `Parameters[0].value` as AWS writes it: `parameters.1.member.value`. */
function memberPath({ path }: Issue): string {
  return path
    .map((step) =>
      typeof step === 'number'
        ? `${step + 1}.member`
        : `${String(step).charAt(0).toLowerCase()}${String(step).slice(1)}`,
    )
    .join('.');
}

function describe(issue: Issue): string {
  return `Value ${shown(issue)} at '${memberPath(issue)}' failed to satisfy constraint: ${constraint(issue)}`;
}

/** SQL and the values of its parameters stay out of messages: callers log them. */
function shown({ input, path }: Issue): string {
  if (input === undefined) return 'null';
  const root = path[0];
  if (root === 'Sqls' || root === 'Parameters' || root === 'ClientToken') return "'***'";
  // Objects are not written out: a request's own toString is no function, and its members may be SQL.
  if (typeof input === 'object') return "'***'";
  const text = String(input);
  return text.length > LONGEST_SHOWN ? `'${text.slice(0, LONGEST_SHOWN)}…'` : `'${text}'`;
}

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return 'Member must not be null';
    case 'too_small':
      return `Member must have ${measure(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measure(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${issue.pattern?.replace(/^\/|\/$/g, '') ?? issue.format}`;
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.join(', ')}]`;
    default:
      return issue.message;
  }
}

function measure(origin: string): 'length' | 'value' {
  return origin === 'string' || origin === 'array' ? 'length' : 'value';
}
