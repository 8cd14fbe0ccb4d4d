import type { RuleTrial } from './explanation.ts';
import { type Matchable, matchClauses } from './matches-rule.ts';
import type { PoolStanding } from './pool-standing.ts';
import type { Rule } from './rule.ts';

/** Tries rules in their order up to the first that matches. */
export function tryRules(
  rules: readonly Rule[],
  backend: Matchable,
  standing: PoolStanding | null,
): { readonly trials: readonly RuleTrial[]; readonly untried: number } {
  const trials: RuleTrial[] = [];
  for (const rule of rules) {
    const clauses = matchClauses(rule.match, backend, standing);
    const matched = clauses.every(({ held }) => held);
    trials.push({ rule, clauses, matched });
    if (matched) {
      break;
    }
  }
  return { trials, untried: rules.length - trials.length };
}
