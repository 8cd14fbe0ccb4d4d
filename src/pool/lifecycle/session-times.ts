import { SESSION_LIFETIME_SECONDS } from '../pool-limits.ts';
import type { PooledSessionRecord } from '../pooled-session.ts';

/** Moves an ISO 8601 moment by seconds, which may be negative. */
export function plusSeconds(at: string, seconds: number): string {
  return new Date(Date.parse(at) + seconds * 1000).toISOString();
}

/** Until when the pool counts on an idle session whose last statement had ended at `finishedAt`. */
export function aliveUntil(finishedAt: string, keepAliveSeconds: number, marginSeconds: number): string {
  return plusSeconds(finishedAt, keepAliveSeconds - marginSeconds);
}

/** The last moment at which the server can have the session, however it was used: 24 h and the margin. */
export function latestEnd(record: Pick<PooledSessionRecord, 'createdAt'>, marginSeconds: number): string {
  return plusSeconds(record.createdAt, SESSION_LIFETIME_SECONDS + marginSeconds);
}

/**
 * Whether the server has certainly closed the session: it was idle for its keep-alive, a margin for the clocks
 * included, or it is older than a session can be. One that somebody leases is gone only by its age.
 */
export function isGone(record: PooledSessionRecord, at: string, marginSeconds: number): boolean {
  if (Date.parse(at) > Date.parse(latestEnd(record, marginSeconds))) {
    return true;
  }
  const isIdle = record.state === 'available' || record.state === 'draining';
  return isIdle && Date.parse(at) > Date.parse(plusSeconds(record.aliveUntil, 2 * marginSeconds));
}

/** Whether a lease is over for everybody: past its end and the grace for clocks that differ. */
export function isLeaseOver(record: PooledSessionRecord, at: string, graceSeconds: number): boolean {
  return record.lease !== null && Date.parse(at) > Date.parse(plusSeconds(record.lease.until, graceSeconds));
}

/** Whether an idle session may be counted on now, and for so many milliseconds within the 24 h of its life. */
export function isUsable(record: PooledSessionRecord, at: string, forMs: number, marginSeconds: number): boolean {
  const now = Date.parse(at);
  return (
    now < Date.parse(record.aliveUntil) &&
    now < Date.parse(record.hardEndsAt) &&
    now + forMs < Date.parse(record.createdAt) + (SESSION_LIFETIME_SECONDS - marginSeconds) * 1000
  );
}
