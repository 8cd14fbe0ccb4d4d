import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { lateEnd } from '../notices/late-end.ts';
import type { PlanMember } from '../policy/plan.ts';
import { pressRule } from '../policy/press-rule.ts';
import type { Rule } from '../policy/rule.ts';

/**
 * The member with the end that holds if its owner is told at that moment (ISO 8601, UTC): time went by since the plan
 * was made, and the grace begins with the receipt. The grace is the shortest that pressure may make of it, as in the
 * end that the plan announces.
 */
export function afterReceipt(target: TargetConfig, member: PlanMember, receiptAt: string): PlanMember {
  const grace = earliestRule(target, member)?.grace ?? member.grace ?? 0;
  return { ...member, endsAt: lateEnd(member.endsAt, receiptAt, grace) };
}

/** The thresholds that an announced end rests on: idle time and grace, seconds. */
export function announcedTerms(target: TargetConfig, member: PlanMember): readonly unknown[] {
  const rule = earliestRule(target, member);
  return [rule?.terminateAfter ?? null, rule?.grace ?? null];
}

function earliestRule({ rules, pressure: { steps } }: TargetConfig, member: PlanMember): Rule | null {
  const rule = rules.find(({ name }) => name === member.rule);
  return rule === undefined ? null : pressRule(rule, steps, steps);
}
