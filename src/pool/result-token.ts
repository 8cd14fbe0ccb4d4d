import * as z from 'zod';
import { BadRequest } from './errors/bad-request.ts';

const shape = z.strictObject({ page: z.string().nullable(), skip: z.int().min(0) });

/** Where a result goes on: a page of the service, and rows of it that were returned before. */
export type ResultPosition = z.output<typeof shape>;

export function encodeResultToken(position: ResultPosition): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** @throws BadRequest when it is none that the pool gave out */
export function decodeResultToken(token: string): ResultPosition {
  try {
    return shape.parse(JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
  } catch (cause) {
    throw new BadRequest('Expected nextToken to be one that an earlier answer gave.', { cause });
  }
}
