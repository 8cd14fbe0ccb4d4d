import { endSession } from '../../pool/lifecycle/end-session.ts';
import { identifyBackend } from '../../pool/lifecycle/identify-backend.ts';
import { drainingOf } from '../../pool/lifecycle/restore-session.ts';
import type { EndReason, PooledSessionRecord } from '../../pool/pooled-session.ts';
import { isCreationLost, isHeld, isPastItsLife } from './pool-terms.ts';
import type { PoolView } from './view-pool.ts';

/** When and by whom pooled sessions are observed. */
export interface Observation {
  /** When the run began, ISO 8601: sessions from before it should be in its snapshot. */
  readonly began: string;
  readonly at: string;
  readonly by: string;
}

/** A session takes a moment to appear: one that was begun this shortly before the run may be missing for that reason. */
const SETTLING_SECONDS = 120;

/**
 * What a snapshot shows of a pooled session: which backend it owns, or that it is no longer there. Answers the next
 * record, or null where there is nothing to record.
 *
 * One that is held is its holder's: he finds out by himself. So it is not touched, which would make him lose a race.
 */
export function observePooledSession(
  record: PooledSessionRecord,
  view: PoolView,
  { began, at, by }: Observation,
): PooledSessionRecord | null {
  if (isHeld(record, at)) {
    return null;
  }
  const backend = view.backendOf.get(record.id);
  if (backend !== undefined) {
    const isNew = record.backendStartedAt === null && record.state !== 'leased' && record.state !== 'creating';
    return isNew ? identifyBackend(record, { pid: backend.pid, backendStartedAt: backend.startedAt, at, by }) : null;
  }
  const reason = endReasonOf(record, view, at);
  const isSettled = Date.parse(record.createdAt) + SETTLING_SECONDS * 1000 < Date.parse(began);
  return reason === null || !isSettled ? null : endSession(record, { reason, at, by });
}

/** Why a session that is not seen has ended; null: it may be there. */
function endReasonOf(record: PooledSessionRecord, { perhapsSeen }: PoolView, at: string): EndReason | null {
  // Its slot stays taken while the server may have a session for it: the tenant's bound is about those.
  if (perhapsSeen.has(record.id) && !isPastItsLife(record, at)) {
    return null;
  }
  if (record.state === 'creating') {
    return isCreationLost(record, at) ? 'never-opened' : null;
  }
  if (record.state === 'draining') {
    return drainingOf(record)?.by.startsWith('run:') === true ? 'reaped' : 'retired';
  }
  const end = Math.min(Date.parse(record.aliveUntil), Date.parse(record.hardEndsAt));
  return Date.parse(at) >= end ? 'expired' : 'invalid';
}
