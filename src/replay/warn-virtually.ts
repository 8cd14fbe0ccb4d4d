import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import { canRecover, recoverBackend } from '../lifecycle/recover-backend.ts';
import { canWarn, warnBackend } from '../lifecycle/warn-backend.ts';
import type { PlanMember } from '../policy/plan.ts';

/** The record of a backend whose owner would have been told at that moment, by the very verbs of a run. */
export function warnVirtually(known: BackendRecord | null, member: PlanMember, at: string): BackendRecord {
  const { lastActiveAt } = member;
  const mark = { at, by: 'replay' };
  const isOld = known !== null && canRecover(known) && isUsedSince(known.lastActiveAt, lastActiveAt);
  const fresh = isOld ? recoverBackend(known, { lastActiveAt, ...mark }) : known;
  if (fresh !== null && !canWarn(fresh, member, at)) {
    return fresh;
  }
  const receipt = { messageId: 'replay', at, channel: 'replay', owner: member.owner ?? '', runId: 'replay' };
  return warnBackend(fresh, { member, receipt, ...mark });
}
