import { backendKey } from '../lifecycle/backend-key.ts';
import type { Caps } from '../policy/check-caps.ts';
import { describeVerdict } from '../policy/describe-verdict.ts';
import { explainVerdict } from '../policy/explain-verdict.ts';
import type { Explanation } from '../policy/explanation.ts';
import { type JudgeInput, judge } from '../policy/judge.ts';
import { makePlan } from '../policy/make-plan.ts';
import type { ExplainedBackend, ExplainedDecision } from './json/explain-document.ts';
import { toRecordJson } from './to-record-json.ts';

/**
 * Explains what a run would do now with the backend that has a pid. All backends are judged, since caps and pressure
 * depend on all.
 *
 * @returns null when nobody has the pid
 */
export function explainLive(seen: JudgeInput, caps: Caps, pid: number): ExplainedBackend | null {
  const verdicts = judge(seen);
  const verdict = verdicts.find(({ backend }) => backend.identity.pid === pid);
  if (verdict === undefined) {
    return null;
  }
  const { backend, standing, action, rule, code, owner, endsAt } = verdict;
  const { identity, database, application, clientHost, activity, lastActiveAt, idleSeconds } = backend;
  const key = backendKey(identity);
  const record = seen.records.find((one) => backendKey(one.identity) === key) ?? null;
  const explanation = explainVerdict(verdict, { ...seen, caps, plan: makePlan(seen.snapshot, verdicts) });
  return {
    ...identity,
    wholeUser: backend.wholeUser ?? null,
    ...{ database, application, clientHost },
    alive: true,
    decision: {
      at: seen.snapshot.takenAt,
      run: null,
      ...{ action, rule, code, owner, ownerBy: verdict.ownerBy ?? null, endsAt, activity, lastActiveAt, idleSeconds },
      why: describeVerdict(verdict),
      pool: standing?.kind ?? null,
      ...toExplanationJson(explanation),
    },
    record: record === null ? null : toRecordJson(record),
    notice: null,
  };
}

/** The clauses of an explanation as the document has them. */
export function toExplanationJson({
  protections,
  trials,
  untried,
  reasons,
  caps,
}: Explanation): Pick<ExplainedDecision, 'protections' | 'rules' | 'untried' | 'reasons' | 'caps'> {
  return {
    protections: [...protections],
    rules: trials.map(({ rule, matched, clauses }) => ({
      rule: rule.name,
      matched,
      clauses: [...clauses],
      keep: rule.keep,
      warnAfter: rule.warnAfter,
      terminateAfter: rule.terminateAfter,
      grace: rule.grace,
      notice: rule.notice,
    })),
    untried,
    reasons: [...reasons],
    caps: [...caps],
  };
}
