import { backendKey } from '../lifecycle/backend-key.ts';
import type { Plan, PlanMember } from './plan.ts';
import { poolMatchOf } from './pool-standing.ts';
import type { Verdict } from './verdict.ts';

/**
 * What keeps an approved plan from being acted on: one sentence per member that is no longer as it was approved.
 *
 * Compared is what the hash of a plan is made of, so that a plan without a difference has the approved hash: identity,
 * idle spell, action, rule, code, owner, whether a warning announces an end, and whether the session pool has it.
 *
 * @param verdicts of a new snapshot, by the rules as they are now
 */
export function planDifference(approved: Plan, verdicts: readonly Verdict[]): readonly string[] {
  const now = new Map(verdicts.map((verdict) => [backendKey(verdict.backend.identity), verdict]));
  return approved.members.flatMap((member) => {
    const { pid, startedAt, user } = member.identity;
    const change = changeOf(member, now.get(backendKey(member.identity)));
    return change === null ? [] : [`pid ${pid} started ${startedAt} (${user}) ${change}`];
  });
}

function changeOf(member: PlanMember, verdict: Verdict | undefined): string | null {
  if (verdict === undefined) {
    return 'is gone';
  }
  const { backend, owner } = verdict;
  if (backend.lastActiveAt !== member.lastActiveAt) {
    return `was used since: last active ${backend.lastActiveAt}, approved with ${member.lastActiveAt}`;
  }
  if (decisionOf(verdict) !== decisionOf(member)) {
    return `is now ${decisionOf(verdict)}, approved as ${decisionOf(member)}`;
  }
  if (owner !== member.owner) {
    return `has another owner: ${owner ?? 'none'}, approved with ${member.owner ?? 'none'}`;
  }
  const [pool, approvedPool] = [verdict.standing, member.standing ?? null].map((standing) => poolMatchOf(standing));
  return pool === approvedPool
    ? null
    : `stands otherwise to the session pool: ${pool ?? 'none of it'}, approved as ${approvedPool ?? 'none of it'}`;
}

/** e.g. `terminate (due-termination, rule everyone-else)`. */
function decisionOf({ action, code, rule, endsAt }: Pick<Verdict, 'action' | 'code' | 'rule' | 'endsAt'>): string {
  const end = action === 'warn' && endsAt === null ? ' of no end' : '';
  return `${action}${end} (${code}${rule === null ? '' : `, rule ${rule}`})`;
}
