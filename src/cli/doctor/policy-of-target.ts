import type { Rule } from '../../policy/rule.ts';

/** Whether a rule ends sessions at all, be it only under pressure. */
export function endsSessions({ keep, terminateAfter, whenFreeSlotsBelow }: Rule): boolean {
  return !keep && (terminateAfter !== null || whenFreeSlotsBelow?.terminateAfter !== undefined);
}

/** When the earliest rule first touches an idle session, seconds; null: none does. */
export function firstRuleOf(rules: readonly Rule[]): number | null {
  const starts = rules.flatMap(({ keep, warnAfter, terminateAfter }) => {
    const start = keep ? null : (warnAfter ?? terminateAfter);
    return start === null ? [] : [start];
  });
  return starts.length === 0 ? null : Math.min(...starts);
}
