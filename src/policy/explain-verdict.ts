import type { Snapshot } from '../backends/snapshot.ts';
import { type Caps, capClauses } from './check-caps.ts';
import { clockDifference } from './clock-difference.ts';
import type { Explanation } from './explanation.ts';
import type { Plan } from './plan.ts';
import { protectionsOf, purposeClause, superuserClause } from './protections.ts';
import type { Rule } from './rule.ts';
import { tryRules } from './try-rules.ts';
import type { Reason, Verdict } from './verdict.ts';

/** What a verdict came from. */
export interface ExplainInput {
  readonly snapshot: Pick<Snapshot, 'takenAt'>;
  readonly rules: readonly Rule[];
  readonly caps: Caps;
  readonly now: Date;
  /** The plan of all verdicts of the snapshot. */
  readonly plan: Pick<Plan, 'counts'>;
}

/** Tells the way to a verdict: each protection and each rule that was asked, and what they measured. */
export function explainVerdict(
  { backend, standing, reasons }: Verdict,
  { snapshot, rules, caps, now, plan }: ExplainInput,
): Explanation {
  const common = { reasons, caps: capClauses(plan.counts, caps) };
  const all = protectionsOf(backend, standing, clockDifference(snapshot, now)).map(({ reason }) => reason);
  const protections = upToFirst(all, ({ held }) => !held);
  if (protections.some(({ held }) => !held)) {
    return { ...common, protections, trials: [], untried: rules.length };
  }
  const { trials, untried } = tryRules(rules, backend, standing);
  const matched = trials.find((trial) => trial.matched)?.rule ?? null;
  const named = [
    ...(backend.superuser ? [superuserClause(backend, matched)] : []),
    ...(backend.purpose === undefined ? [] : [purposeClause(backend, matched)]),
  ];
  const asked = upToFirst(named, ({ held }) => !held);
  return { ...common, protections: [...protections, ...asked], trials, untried };
}

function upToFirst(reasons: readonly Reason[], isLast: (reason: Reason) => boolean): readonly Reason[] {
  const last = reasons.findIndex(isLast);
  return last < 0 ? reasons : reasons.slice(0, last + 1);
}
