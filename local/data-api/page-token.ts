import { createHash } from 'node:crypto';
import { z } from 'zod';
import { validationError } from './data-api-error.ts';

const tokenShape = z.object({ scope: z.string(), position: z.int().min(0) });

/**
 * Writes a `NextToken`.
 *
 * @param scope what is paged through: an id, or filters; it is hashed, so that a token tells nothing of it
 */
export function writePageToken(scope: string, position: number): string {
  return Buffer.from(JSON.stringify({ scope: digest(scope), position })).toString('base64url');
}

/**
 * Reads a `NextToken` back.
 *
 * @throws {DataApiError} ValidationException when it is none of ours, or of another request (our text: a guess)
 */
export function readPageToken(token: string, scope: string): number {
  const parsed = tokenShape.safeParse(parseJson(Buffer.from(token, 'base64url').toString('utf8')));
  if (!parsed.success || parsed.data.scope !== digest(scope)) {
    throw validationError('NextToken is invalid: pass the NextToken of the previous response to the same request.');
  }
  return parsed.data.position;
}

function digest(scope: string): string {
  return createHash('sha256').update(scope).digest('base64url').slice(0, 16);
}

/** @returns undefined for text that is no JSON; a token from elsewhere is a caller's error, not ours */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
