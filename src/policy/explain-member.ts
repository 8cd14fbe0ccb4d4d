import { capClauses } from './check-caps.ts';
import type { Explanation } from './explanation.ts';
import type { Plan, PlanMember } from './plan.ts';
import { tryRules } from './try-rules.ts';

/**
 * Tells the way to a stored decision, from the plan that it is part of and the policy that the plan was made by.
 * Protections are not stored: all of them held, or it would be no member. Of a plan that was stored without its policy
 * only the reasons are known.
 */
export function explainMember(member: PlanMember, { policy, counts }: Plan): Explanation {
  const { trials, untried } = tryRules(policy?.rules ?? [], member, member.standing ?? null);
  return {
    protections: [],
    trials,
    untried,
    reasons: member.reasons,
    caps: policy === undefined ? [] : capClauses(counts, policy.caps),
  };
}
