import { createHmac, timingSafeEqual } from 'node:crypto';
import { LinkExpired, LinkForged, LinkMalformed } from './link-errors.ts';
import type { LinkKeys } from './link-keys.ts';
import { claimText, readClaim, type SnoozeClaim } from './snooze-claim.ts';

/** What the key is used for here; whatever else it might sign one day does not count as a link. */
const PURPOSE = 'slotkeeper snooze link\n';

/** Longer than any claim; a longer text is not even hashed. */
const MAX_TOKEN_LENGTH = 2_048;

/** The claim as it stands in a link: `<claim>.<HMAC-SHA256>`, both base64url. */
export function signClaim(claim: SnoozeClaim, key: Buffer): string {
  const payload = Buffer.from(claimText(claim)).toString('base64url');
  return `${payload}.${macOf(payload, key).toString('base64url')}`;
}

/**
 * The claim of a link, if a key of this deployment signed it and it has not expired. Nothing of it is looked at before
 * its signature has been found good.
 *
 * @throws LinkMalformed, LinkForged, LinkExpired
 */
export async function verifyToken(token: string, keys: LinkKeys, now: Date): Promise<SnoozeClaim> {
  const parts = /^([\w-]+)\.([\w-]{43})$/.exec(token.length > MAX_TOKEN_LENGTH ? '' : token);
  const [, payload, mac] = parts ?? [];
  if (payload === undefined || mac === undefined) {
    throw new LinkMalformed();
  }
  const given = Buffer.from(mac, 'base64url');
  const isSigned = (key: Buffer) => timingSafeEqual(macOf(payload, key), given);
  const known = await keys.accepted(false);
  if (!known.some(isSigned) && !(await keys.accepted(true)).some(isSigned)) {
    throw new LinkForged();
  }
  const claim = readClaim(Buffer.from(payload, 'base64url').toString('utf8'));
  if (claim === null) {
    throw new LinkMalformed();
  }
  if (now.getTime() >= claim.expiresAt * 1000) {
    throw new LinkExpired();
  }
  return claim;
}

function macOf(payload: string, key: Buffer): Buffer {
  return createHmac('sha256', key).update(PURPOSE).update(payload).digest();
}
