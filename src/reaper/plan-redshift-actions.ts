import * as z from 'zod';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { createPlanActions } from './plan-actions.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runRefShape } from './run-ref.ts';

export const planRedshiftActionsInput = z.strictObject({ run: runRefShape, statementId: z.string().min(1) });

/** Plans from the rows of the session query that the Data API has finished. */
export function createPlanRedshiftActions(ports: ReaperPorts) {
  return createPlanActions(ports, async ({ run, statementId }: z.infer<typeof planRedshiftActionsInput>) => {
    const target = findDataApiTarget(ports.config, run.target);
    const rows = await ports.warehouseOf(target).fetchRows(statementId);
    return { target, snapshot: redshiftEngine(target).readSnapshot(rows, target.name) };
  });
}
