import { type Case, judgeByRule, type RuleVerdict } from './judge-by-rule.ts';
import { FREE_SLOTS_CLAUSE, type Pressure } from './measure-pressure.ts';
import { pressRule } from './press-rule.ts';
import type { Rule } from './rule.ts';
import type { Reason } from './verdict.ts';

/** A verdict before it is known whether its end is needed. */
export interface Draft<V = RuleVerdict> {
  readonly verdict: V;
  /** The first step of pressure at which its end is due; null: not even at the present one. */
  readonly dueStep: number | null;
}

/**
 * Judges one backend by its rule at each step of pressure up to the present one. Whoever is due at an earlier step goes
 * before those who are due at a later one only.
 *
 * @param rule as the policy has it
 */
export function judgeAtSteps(input: Omit<Case, 'rule' | 'earliest'>, rule: Rule, pressure: Pressure): Draft {
  const { step: present, policy } = pressure;
  const steps = rule.whenFreeSlotsBelow === undefined ? [present] : Array.from({ length: present + 1 }, (_, at) => at);
  const earliest = pressRule(rule, policy.steps, policy.steps);
  let draft: Draft | null = null;
  for (const step of steps) {
    const pressed = pressRule(rule, step, policy.steps);
    const judged = judgeByRule({ ...input, rule: pressed, earliest });
    const verdict = pressed.grace === rule.grace ? judged : { ...judged, grace: pressed.grace };
    const dueStep = rule.whenFreeSlotsBelow === undefined ? 0 : step;
    const due = verdict.action === 'terminate';
    draft = { verdict: withPressure(verdict, rule, pressure, dueStep), dueStep: due ? dueStep : null };
    if (due) {
      break;
    }
  }
  if (draft === null) {
    throw new RangeError(`Expected a step of pressure from 0 on, got ${present}.`);
  }
  return draft;
}

/** Pressure is a reason only where the rule or the target makes something depend on it. */
function withPressure(verdict: RuleVerdict, rule: Rule, pressure: Pressure, step: number): RuleVerdict {
  const { free, keepFree, needed, policy } = pressure;
  if (rule.keep || (rule.whenFreeSlotsBelow === undefined && policy.terminate === 'always')) {
    return verdict;
  }
  const reasons: Reason[] = [{ clause: FREE_SLOTS_CLAUSE, measured: free, limit: keepFree, held: needed > 0 }];
  if (rule.whenFreeSlotsBelow !== undefined) {
    reasons.push({ clause: 'step of pressure > 0', measured: step, limit: policy.steps, held: step > 0 });
  }
  return { ...verdict, reasons: [...verdict.reasons, ...reasons] };
}
