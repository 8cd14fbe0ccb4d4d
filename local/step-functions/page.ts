import { AwsError } from '../http/aws-error.ts';

/** A page of a list, and the token of the next one when there is one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/**
 * Cuts one page out of a list. A token is an offset in the list it came from: when that grows at its beginning between
 * two pages, the second one begins with what ended the first.
 *
 * @param maxResults 0 or nothing means 100, as in the API; at most 1000
 * @throws AwsError `InvalidToken` for a token that none of these lists gave
 */
export function pageOf<T>(items: readonly T[], input: Readonly<Record<string, unknown>>): Page<T> {
  const asked = input['maxResults'] ?? 0;
  if (typeof asked !== 'number' || !Number.isInteger(asked) || asked < 0) {
    throw new AwsError('ValidationException', "Expected the member 'maxResults' to be a whole number from 0 to 1000.");
  }
  const size = Math.min(asked === 0 ? 100 : asked, 1000);
  const from = offsetOf(input['nextToken']);
  const until = from + size;
  return {
    items: items.slice(from, until),
    nextToken: until < items.length ? Buffer.from(String(until)).toString('base64url') : null,
  };
}

function offsetOf(token: unknown): number {
  if (token === undefined || token === null) {
    return 0;
  }
  const offset = typeof token === 'string' ? Number(Buffer.from(token, 'base64url').toString('utf8')) : Number.NaN;
  if (!(Number.isInteger(offset) && offset > 0)) {
    throw new AwsError('InvalidToken', 'Invalid Token: expected the nextToken of an earlier answer.');
  }
  return offset;
}
