import * as z from 'zod';
import { safeParse } from '../errors/safe-parse.ts';
import { InvalidPageToken } from './invalid-page-token.ts';

const tokenShape = z.strictObject({ listing: z.string(), after: z.record(z.string(), z.string()) });

/** The key after which the next page begins. */
export type PageKey = Readonly<Record<string, string>>;

/**
 * Makes the opaque token of a page.
 *
 * @param listing names the listing with its target, so that a token cannot lead into another one
 */
export function encodePageToken(listing: string, after: PageKey): string {
  return Buffer.from(JSON.stringify({ listing, after })).toString('base64url');
}

/**
 * Reads a token back.
 *
 * @throws InvalidPageToken when it is damaged or of another listing
 */
export function decodePageToken(listing: string, token: string): PageKey {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch (cause) {
    throw new InvalidPageToken('it cannot be read', { cause });
  }
  const result = safeParse(tokenShape, parsed);
  if (!result.success) {
    throw new InvalidPageToken('it has another shape', { cause: result.error });
  }
  if (result.data.listing !== listing) {
    throw new InvalidPageToken('it belongs to another listing or target');
  }
  return result.data.after;
}
