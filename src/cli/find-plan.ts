import { PlanUnknown } from '../reaper/errors/plan-unknown.ts';
import type { AppliedPlan } from '../reaper/run-ref.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';

const PAGE = 100;
/** So long past their validity plans are still found, so that the refusal says "expired" and not "unknown". Seconds. */
const REMEMBERED = 86_400;

/**
 * The plan whose hash begins so, and the newest dry run that stored it. Looks through the records of the newest runs:
 * a plan that may still be applied is never far back.
 *
 * @param prefix lower-case hex digits
 * @param validFor seconds
 * @throws PlanUnknown when there is none, or several plans begin so
 */
export async function findPlan(
  table: SessionTable,
  target: string,
  prefix: string,
  { now, validFor }: { now: Date; validFor: number },
): Promise<AppliedPlan> {
  const since = new Date(now.getTime() - (validFor + REMEMBERED) * 1000).toISOString();
  const found = new Map<string, AppliedPlan>();
  let nextToken: string | null = null;
  do {
    const page: { items: readonly RunRecord[]; nextToken: string | null } = await table.listRuns({
      target,
      limit: PAGE,
      ...(nextToken === null ? {} : { nextToken }),
    });
    for (const { dryRun, planHash, runId, startedAt } of page.items) {
      if (dryRun && planHash?.startsWith(prefix) === true && startedAt >= since && !found.has(planHash)) {
        found.set(planHash, { hash: planHash, runId });
      }
    }
    const oldest = page.items.at(-1);
    nextToken = oldest === undefined || oldest.startedAt < since ? null : page.nextToken;
  } while (nextToken !== null);

  const [plan, second] = found.values();
  if (plan === undefined) {
    throw new PlanUnknown(
      `No dry run of target ${target} since ${since} has stored a plan whose hash begins with ${prefix}.`,
    );
  }
  if (second !== undefined) {
    const hashes = [...found.keys()].sort().join(', ');
    throw new PlanUnknown(`Several plans of target ${target} begin with ${prefix}: ${hashes}. Give more digits.`);
  }
  return plan;
}
