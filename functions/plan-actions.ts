import { createPlanRedshiftActions, planRedshiftActionsInput } from '../src/reaper/plan-redshift-actions.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';

/** State `PlanActions`: decides what to do with every backend, and stores the plan. */
export const handler = stepHandler('PlanActions', planRedshiftActionsInput, createPlanRedshiftActions);
