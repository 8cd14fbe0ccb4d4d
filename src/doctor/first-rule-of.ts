import type { Rule, RuleMatch } from '../policy/rule.ts';

/**
 * When the earliest rule first touches sessions of one of these kinds, seconds; null: none does. A rule for other kinds
 * of sessions says nothing about them.
 */
export function firstRuleOf(rules: readonly Rule[], activities: NonNullable<RuleMatch['activity']>): number | null {
  const starts = rules.flatMap(({ keep, match, warnAfter, terminateAfter }) => {
    const concerned = match.activity === undefined || match.activity.some((one) => activities.includes(one));
    const start = keep || !concerned ? null : (warnAfter ?? terminateAfter);
    return start === null ? [] : [start];
  });
  return starts.length === 0 ? null : Math.min(...starts);
}
