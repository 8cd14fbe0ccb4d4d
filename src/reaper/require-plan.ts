import type { Plan } from '../policy/plan.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { RunStateMissing } from './errors/run-state-missing.ts';
import type { RunRef } from './run-ref.ts';

/**
 * The plan that this run stored.
 *
 * @throws RunStateMissing when it has stored none
 */
export async function requirePlan(table: SessionTable, run: RunRef): Promise<Plan> {
  const plan = await table.readPlan({ target: run.target, runId: run.id });
  if (plan === null) {
    throw new RunStateMissing('the plan', run.target, run.id);
  }
  return plan;
}
