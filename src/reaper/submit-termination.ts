import * as z from 'zod';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import { redshiftEngine } from '../backends/redshift-engine.ts';
import { changeRun } from './change-run.ts';
import { claimVictims } from './claim-victims.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { firstWait } from './first-wait.ts';
import { createDrainVictim } from './pooled/drain-victims.ts';
import { readClaims } from './read-claims.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requirePlan } from './require-plan.ts';
import { requireRunLock } from './require-run-lock.ts';
import { type RunRef, runRefShape } from './run-ref.ts';
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
    const victims = round === 0 ? await claimPlanned(ports, run) : await stillClaimed(ports, run);
    if (victims.length === 0) {
      return { submitted: false, statementId: null, wait };
    }
    // Claims of hundreds of backends take time; the lock may have gone meanwhile.
    await requireRunLock(ports, run);
    const engine = redshiftEngine(findDataApiTarget(ports.config, run.target));
    const { statementId } = await submit(run, { ...engine.termination(victims), step: 'termination', round });
    return { submitted: true, statementId, wait };
  };
}

async function claimPlanned(ports: ReaperPorts, run: RunRef): Promise<readonly BackendIdentity[]> {
  const plan = await requirePlan(ports.table, run);
  const members = plan.members.filter((member) => member.action === 'terminate');
  const target = findDataApiTarget(ports.config, run.target);
  const drain = await createDrainVictim(ports, run, target, plan);
  const { claimed, unclaimed } = await claimVictims(ports, run, members, target.rules, drain);
  await changeRun(ports.table, run, () => ({ unclaimed }));
  return claimed;
}

async function stillClaimed(ports: ReaperPorts, run: RunRef): Promise<readonly BackendIdentity[]> {
  return (await readClaims(ports.table, run)).map(({ record }) => record.identity);
}
