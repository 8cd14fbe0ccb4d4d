import * as z from 'zod';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import { claimPlanned } from './claim-planned.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { firstWait } from './first-wait.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requireRunLock } from './require-run-lock.ts';
import { runRefShape } from './run-ref.ts';
import { createSubmitOnKeptSession } from './submit-on-kept-session.ts';

export const submitTerminationInput = z.strictObject({ run: runRefShape, round: z.int().min(0) });

export interface SubmittedTermination {
  /** False: nobody is left to be ended, and no statement was submitted. */
  readonly submitted: boolean;
  readonly statementId: string | null;
  readonly wait: number;
}

/**
 * Ends the planned victims: claims them in the table, then submits one guarded statement for all of them. In later
 * rounds it is submitted again for those that are not gone yet; it signals nobody who has come back to life.
 *
 * @throws RunLockLost when the run must not act any more; nothing was ended by this step
 */
export function createSubmitTermination(ports: ReaperPorts) {
  const submit = createSubmitOnKeptSession(ports);
  return async ({ run, round }: z.infer<typeof submitTerminationInput>): Promise<SubmittedTermination> => {
    const wait = firstWait(ports.config);
    await requireRunLock(ports, run);
    const target = findDataApiTarget(ports.config, run.target);
    const victims = await claimPlanned(ports, run, target, round);
    if (victims.length === 0) {
      return { submitted: false, statementId: null, wait };
    }
    const identities = victims.map(({ identity }) => identity);
    const statement = { ...redshiftEngine(target).termination(identities), step: 'termination', round };
    // Claims of hundreds of backends take time; the lock may have gone meanwhile.
    const { statementId } = await submit(run, statement, () => requireRunLock(ports, run));
    return { submitted: true, statementId, wait };
  };
}
