import type { Rule } from '../policy/rule.ts';

/** Whether a rule ends sessions at all, be it only under pressure. */
export function endsSessions({ keep, terminateAfter, whenFreeSlotsBelow }: Rule): boolean {
  return !keep && (terminateAfter !== null || whenFreeSlotsBelow?.terminateAfter !== undefined);
}
