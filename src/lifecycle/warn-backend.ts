import { isSameBackend } from '../backends/backend-identity.ts';
import type { PlanMember } from '../policy/plan.ts';
import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { isSnoozedAt } from './end-snooze.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { isEndPending } from './is-end-pending.ts';
import { isToldNoEnd } from './is-told-no-end.ts';
import { describedBy, newRecord } from './new-record.ts';
import type { Receipt } from './receipt.ts';

/**
 * Whether a message about a backend counts: it has no receipt or claim of its own, or the message announces an end where
 * the one before it told of none. One that its client has kept by a tag has no receipt, and may be told of once that is
 * over.
 *
 * @param at ISO 8601, UTC, Slotkeeper's clock
 */
export function canWarn(record: BackendRecord | null, { endsAt }: Pick<PlanMember, 'endsAt'>, at: string): boolean {
  return (
    record === null ||
    (record.state === 'warned' && isToldNoEnd(record) && endsAt !== null) ||
    record.state === 'recovered' ||
    record.state === 'gone' ||
    (record.state === 'snoozed' && (record.receipt === null || isToldNoEnd(record)) && !isSnoozedAt(record, at)) ||
    (record.state === 'terminated' && (!isEndPending(record) || record.receipt === null))
  );
}

/**
 * The owner of an idle backend was told: the idle spell of the plan begins to count, with the receipt as its proof.
 *
 * One that is warned, snoozed or about to be ended has a receipt or a claim of its own, which a later message must not
 * replace: that would move its grace. One whose owner was told that it would not be ended had no grace yet.
 *
 * @throws IllegalTransition when it is warned, snoozed, terminating, or its end did not take
 */
export function warnBackend(
  record: BackendRecord | null,
  { member, receipt, at, by }: { member: PlanMember; receipt: Receipt; at: string; by: string },
): BackendRecord {
  if (!canWarn(record, member, at) || (record !== null && !isSameBackend(record.identity, member.identity))) {
    throw new IllegalTransition('warn', describeState(record), 'not recorded, recovered or gone');
  }
  return appendEvent(
    record === null ? newRecord(member) : withoutSpentSnooze(record),
    {
      at,
      type: 'warned',
      by,
      detail: {
        rule: member.rule,
        owner: receipt.owner,
        idleSeconds: member.idleSeconds,
        endsAt: member.endsAt,
        messageId: receipt.messageId,
      },
    },
    { ...describedBy(member), receipt, endsAt: member.endsAt, claim: null, outcome: null },
  );
}

/** What begins anew after a recovery or an end has no snooze of before, even if the server still tells the old idle spell. */
function withoutSpentSnooze(record: BackendRecord): BackendRecord {
  if (record.state === 'warned' || record.state === 'snoozed') {
    return record;
  }
  const { snooze: _, ...rest } = record;
  return rest;
}
