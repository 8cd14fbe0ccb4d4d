import type { Rule, RuleMatch } from '../policy/rule.ts';

/** How long the most patient rule lets sessions of one of these kinds be idle, seconds; null: none ends them. */
export function lastEndOf(rules: readonly Rule[], activities: NonNullable<RuleMatch['activity']>): number | null {
  const ends = rules.flatMap(({ keep, match, terminateAfter }) => {
    const concerned = match.activity === undefined || match.activity.some((one) => activities.includes(one));
    return keep || !concerned || terminateAfter === null ? [] : [terminateAfter];
  });
  return ends.length === 0 ? null : Math.max(...ends);
}
