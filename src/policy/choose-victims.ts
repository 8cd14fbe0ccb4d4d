import type { Backend } from '../backends/backend.ts';
import type { Draft } from './judge-at-steps.ts';
import type { Pressure } from './measure-pressure.ts';
import type { Rule } from './rule.ts';
import type { Verdict } from './verdict.ts';

type Judged = Omit<Verdict, 'recovered' | 'standing'>;

/** A draft, and the rule behind it; null: no rule decided. */
export interface Candidate extends Draft<Judged> {
  readonly decidedBy: Rule | null;
}

/**
 * Decides whose end is needed. What the rules' own thresholds end is ended anyway, unless the target ends only below
 * keepFree. Whatever else is due is ranked, and ended as far as it takes to have enough slots free again, and no further.
 */
export function chooseVictims(candidates: readonly Candidate[], pressure: Pressure): Judged[] {
  const always = pressure.policy.terminate === 'always';
  const isSure = ({ dueStep }: Candidate) => always && dueStep === 0;
  const optional = candidates.filter((one) => one.dueStep !== null && !isSure(one)).sort(byCostOfLoss);
  const room = Math.max(0, pressure.needed - candidates.filter(isSure).length);
  const ranks = new Map(optional.map((one, index) => [one, index + 1]));
  return candidates.map((one) => {
    const rank = ranks.get(one);
    if (rank !== undefined) {
      return ranked(one.verdict, rank, room);
    }
    return isIdleWarning(one, pressure) ? withoutWarning(one.verdict) : one.verdict;
  });
}

function ranked(verdict: Judged, rank: number, room: number): Judged {
  const held = rank <= room;
  const reasons = [...verdict.reasons, { clause: 'rank <= ends needed', measured: rank, limit: room, held }];
  return held
    ? { ...verdict, code: 'pressed-termination', reasons }
    : { ...verdict, action: 'keep', code: 'not-needed', reasons };
}

function withoutWarning(verdict: Judged): Judged {
  const reason = { clause: 'ends are needed, or the rule has warnAfter', measured: false, limit: true, held: false };
  return { ...verdict, action: 'keep', code: 'not-needed', reasons: [...verdict.reasons, reason] };
}

/** Above keepFree nothing is ended, so only a rule that asks for a warning by itself (`warnAfter`) gives one. */
function isIdleWarning({ verdict, decidedBy }: Candidate, { policy, needed }: Pressure): boolean {
  return (
    verdict.action === 'warn' &&
    policy.terminate === 'below-keep-free' &&
    needed === 0 &&
    decidedBy !== null &&
    decidedBy.warnAfter === null
  );
}

/**
 * First whom less pressure would have ended; then whom most others wait for, because each of them holds a slot and gets
 * nowhere; then who loses least; then the most idle. The pid and start make the order one and the same whatever the
 * order of rows.
 */
function byCostOfLoss(a: Candidate, b: Candidate): number {
  const [one, other] = [a.verdict.backend, b.verdict.backend];
  return (
    (a.dueStep ?? 0) - (b.dueStep ?? 0) ||
    (other.blocks ?? 0) - (one.blocks ?? 0) ||
    costOfLoss(one) - costOfLoss(other) ||
    other.idleSeconds - one.idleSeconds ||
    one.identity.pid - other.identity.pid ||
    (one.identity.startedAt < other.identity.startedAt ? -1 : 1)
  );
}

/**
 * 0: nothing but the connection; 1: temporary tables; 2: an open transaction; 3: one that holds locks. What an aborted
 * transaction did is lost already.
 */
function costOfLoss({ activity, tempTables }: Backend): number {
  switch (activity) {
    case 'idle-in-transaction-holding-locks':
      return 3;
    case 'idle-in-transaction':
      return 2;
    default:
      return tempTables ? 1 : 0;
  }
}
