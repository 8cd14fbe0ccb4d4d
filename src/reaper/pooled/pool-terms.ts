import { isGone, isLeaseOver } from '../../pool/lifecycle/session-times.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';

/** How far clocks of containers may be apart: the most that a pool's `leaseGraceSeconds` may say. */
export const LEASE_GRACE_SECONDS = 60;

/** How long after its creator's lease an unfinished creation is left to other containers, which may adopt its session. */
const ADOPTION_SECONDS = 300;

/** How far the clocks of pool and service may be apart. */
const MARGIN_SECONDS = 60;

/** Whether a holder may still submit to the session. */
export function isHeld(record: PooledSessionRecord, at: string): boolean {
  return record.state === 'leased' && !isLeaseOver(record, at, LEASE_GRACE_SECONDS);
}

/** Whether nobody will finish this creation any more. */
export function isCreationLost(record: PooledSessionRecord, at: string): boolean {
  return record.state === 'creating' && (isLeaseOver(record, at, ADOPTION_SECONDS) || isPastItsLife(record, at));
}

/** Whether the server has certainly closed it, by keep-alive or age. */
export function isPastItsLife(record: PooledSessionRecord, at: string): boolean {
  return isGone(record, at, MARGIN_SECONDS);
}
