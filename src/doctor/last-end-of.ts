import type { Rule, RuleMatch } from '../policy/rule.ts';

/**
 * How long the most patient rule lets sessions of one of these kinds be idle, seconds; null: none ends them. Rules behind
 * one that takes them all are not asked.
 */
export function lastEndOf(rules: readonly Rule[], activities: NonNullable<RuleMatch['activity']>): number | null {
  const takesAll = rules.findIndex(({ match: { activity = activities, ...others } }) => {
    const everybodys = Object.values(others).every((pattern) => pattern === undefined);
    return everybodys && activities.every((one) => activity.includes(one));
  });
  const asked = takesAll === -1 ? rules : rules.slice(0, takesAll + 1);
  const ends = asked.flatMap(({ keep, match, terminateAfter }) => {
    const concerned = match.activity === undefined || match.activity.some((one) => activities.includes(one));
    return keep || !concerned || terminateAfter === null ? [] : [terminateAfter];
  });
  return ends.length === 0 ? null : Math.max(...ends);
}
