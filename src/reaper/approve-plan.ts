import { microsOf } from '../backends/instant.ts';
import type { Snapshot } from '../backends/snapshot.ts';
import type { Plan } from '../policy/plan.ts';
import { planDifference } from '../policy/plan-difference.ts';
import { restrictVerdicts } from '../policy/restrict-verdicts.ts';
import type { Verdict } from '../policy/verdict.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { PlanChanged } from './errors/plan-changed.ts';
import { PlanExpired } from './errors/plan-expired.ts';
import { PlanUnknown } from './errors/plan-unknown.ts';
import type { AppliedPlan } from './run-ref.ts';

/**
 * Holds an approved plan against a new look: answers the verdicts of which only those on its members act. Its age is
 * the time between the two looks, by the server's clock that stamped both.
 *
 * @param verdicts of the new snapshot, by the rules as they are now
 * @param validFor seconds
 * @throws PlanUnknown, PlanExpired, PlanChanged; nothing was done
 */
export async function approvePlan(
  table: SessionTable,
  { hash, runId }: AppliedPlan,
  snapshot: Snapshot,
  verdicts: readonly Verdict[],
  validFor: number,
): Promise<readonly Verdict[]> {
  const approved: Plan | null = await table.readPlan({ target: snapshot.target, runId });
  if (approved?.hash !== hash) {
    const found = approved === null ? 'none' : `plan ${approved.hash.slice(0, 12)}`;
    throw new PlanUnknown(
      `Expected plan ${hash.slice(0, 12)} of run ${runId} (target ${snapshot.target}) in the session table, found ${found}.`,
    );
  }
  const age = (microsOf(snapshot.takenAt) - microsOf(approved.takenAt)) / 1_000_000;
  if (age > validFor) {
    throw new PlanExpired(hash, age, validFor);
  }
  const changes = planDifference(approved, verdicts);
  if (changes.length > 0) {
    throw new PlanChanged(hash, changes, approved.members.length);
  }
  return restrictVerdicts(verdicts, approved);
}
