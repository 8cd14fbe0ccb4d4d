import * as z from 'zod';
import { findPostgresTarget } from './find-postgres-target.ts';
import { lookAtPostgres } from './look-at-postgres.ts';
import { createPlanActions } from './plan-actions.ts';
import type { PostgresReaperPorts } from './postgres-reaper-ports.ts';
import { runRefShape } from './run-ref.ts';

export const planPostgresActionsInput = z.strictObject({ run: runRefShape });

/** Looks at the server and plans from what it sees. */
export function createPlanPostgresActions(ports: PostgresReaperPorts) {
  return createPlanActions(ports, async ({ run }: z.infer<typeof planPostgresActionsInput>) => {
    const target = findPostgresTarget(ports.config, run.target);
    return { target, snapshot: await lookAtPostgres(ports, target) };
  });
}
