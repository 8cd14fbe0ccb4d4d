import type { Rule } from './rule.ts';

/**
 * A rule as it stands at a step of pressure: each threshold that its `whenFreeSlotsBelow` names lies on the straight line
 * from the rule's own to the pressed one, rounded up to whole seconds. One that the rule itself does not have (it ends
 * nothing unless slots are short) is the pressed one from the first step on.
 *
 * @param step 0: the rule itself; `steps`: fully pressed
 */
export function pressRule(rule: Rule, step: number, steps: number): Rule {
  const pressed = rule.whenFreeSlotsBelow;
  if (pressed === undefined || step === 0) {
    return rule;
  }
  const between = (own: number | null, least: number | undefined): number | null =>
    least === undefined ? own : own === null ? least : own - Math.floor(((own - least) * step) / steps);
  // Where a rule names no warnAfter, its owner is told when terminateAfter is reached: the line begins there.
  const warnAfter =
    pressed.warnAfter === undefined
      ? rule.warnAfter
      : between(rule.warnAfter ?? rule.terminateAfter, pressed.warnAfter);
  return {
    ...rule,
    warnAfter,
    terminateAfter: between(rule.terminateAfter, pressed.terminateAfter),
    grace: between(rule.grace, pressed.grace) ?? rule.grace,
  };
}
