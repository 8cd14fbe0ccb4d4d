import type { Rule } from './rule.ts';
import type { Reason } from './verdict.ts';

/** How a rule was tried on a backend: every member of its match, and whether all of them fit. */
export interface RuleTrial {
  readonly rule: Rule;
  /** Empty: the rule matches everything. */
  readonly clauses: readonly Reason[];
  readonly matched: boolean;
}

/** The way to a verdict, clause by clause, in the order in which the clauses are asked. */
export interface Explanation {
  /**
   * Up to the first that does not hold; then nothing else was asked. That of superusers stands last, because it needs
   * the rule, and only where the backend is one.
   */
  readonly protections: readonly Reason[];
  /** Up to the first that matches. */
  readonly trials: readonly RuleTrial[];
  /** How many rules were not tried: a protection or an earlier rule had decided. */
  readonly untried: number;
  /** The clauses that decided: the verdict's own. */
  readonly reasons: readonly Reason[];
  /** Whether a run may act on the whole plan of which the verdict is part. */
  readonly caps: readonly Reason[];
}
