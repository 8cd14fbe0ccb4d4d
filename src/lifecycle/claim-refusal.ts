import type { PlanMember } from '../policy/plan.ts';
import type { BackendRecord } from './backend-record.ts';
import { isEndPending } from './is-end-pending.ts';
import { isToldNoEnd } from './is-told-no-end.ts';
import { isUsedSince } from './is-used-since.ts';

/** Why a backend may not be ended now; the words appear in a run's record. */
export type ClaimRefusal = 'not-warned' | 'used-since' | 'snoozed' | 'no-receipt' | 'grace-not-over';

/** What a claim is judged by. */
export interface ClaimTerms {
  readonly member: PlanMember;
  /** Least seconds since the receipt; null: the rule ends without a warning. */
  readonly grace: number | null;
  /** Server time of the look by which the end was planned. */
  readonly lookedAt?: string;
  /** ISO 8601, UTC, Slotkeeper's clock, the one that stamped the receipt. */
  readonly at: string;
}

/** Whether its owner was told of a later end in this idle spell: whatever its rule says now, it is not ended before. */
function isAnnouncedLater(record: BackendRecord | null, member: PlanMember, at: string): boolean {
  return (
    record?.state === 'warned' &&
    record.lastActiveAt === member.lastActiveAt &&
    record.endsAt !== null &&
    Date.parse(record.endsAt) > Date.parse(at)
  );
}

/** Why this record, as it is in the table now, forbids to end its backend; null: it allows it. */
export function claimRefusal(record: BackendRecord | null, { member, grace, at }: ClaimTerms): ClaimRefusal | null {
  if (record?.state === 'snoozed' && (record.endsAt === null || Date.parse(record.endsAt) > Date.parse(at))) {
    return 'snoozed';
  }
  if (isAnnouncedLater(record, member, at)) {
    return 'grace-not-over';
  }
  if (grace === null) {
    return record !== null && isUsedSince(member.lastActiveAt, record.lastActiveAt) ? 'used-since' : null;
  }
  if (record === null) {
    return 'not-warned';
  }
  if (record.lastActiveAt !== member.lastActiveAt || record.state === 'recovered') {
    return 'used-since';
  }
  if (record.state === 'gone' || (record.state === 'terminated' && !isEndPending(record))) {
    return 'not-warned';
  }
  if (record.receipt === null || isToldNoEnd(record)) {
    return 'no-receipt';
  }
  return Date.parse(at) - Date.parse(record.receipt.at) >= grace * 1000 ? null : 'grace-not-over';
}
