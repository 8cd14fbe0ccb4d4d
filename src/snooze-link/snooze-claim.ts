import * as z from 'zod';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import { safeParse } from '../errors/safe-parse.ts';

/** What a link allows its bearer: to keep one session in one idle spell, once or again, until the link expires. */
export interface SnoozeClaim {
  readonly identity: BackendIdentity;
  /** The idle spell began then (server time): a session that was used since is not kept by an old link. */
  readonly idleSince: string;
  /** For how long, from the moment at which it is confirmed. */
  readonly seconds: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Raised when the order or the meaning of the members changes: older links are malformed then. */
const VERSION = 1;

const claimShape = z.tuple([
  z.literal(VERSION),
  z.string().min(1),
  z.int().min(0),
  z.string().min(1),
  z.string(),
  z.string().min(1),
  z.int().min(1),
  z.int().min(0),
]);

/** As few characters as may be: a link stands in a mail of plain text. */
export function claimText({ identity, idleSince, seconds, expiresAt }: SnoozeClaim): string {
  const { target, pid, startedAt, user } = identity;
  return JSON.stringify([VERSION, target, pid, startedAt, user, idleSince, seconds, expiresAt]);
}

/** @returns null when the text is no claim of this version */
export function readClaim(text: string): SnoozeClaim | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // Whatever it is, it is no claim; the caller says so.
    return null;
  }
  const claim = safeParse(claimShape, parsed);
  if (!claim.success) {
    return null;
  }
  const [, target, pid, startedAt, user, idleSince, seconds, expiresAt] = claim.data;
  return { identity: { target, pid, startedAt, user }, idleSince, seconds, expiresAt };
}
