import { createPlanPostgresActions, planPostgresActionsInput } from '../src/reaper/plan-postgres-actions.ts';
import { stepHandler } from '../src/runtime/step-handler.ts';
import { withPostgres } from '../src/runtime/with-postgres.ts';

/** State `PlanPostgresActions`: looks at the server, decides what to do with every backend, and stores the plan. */
export const handler = stepHandler('PlanPostgresActions', planPostgresActionsInput, (ports) =>
  createPlanPostgresActions(withPostgres(ports)),
);
