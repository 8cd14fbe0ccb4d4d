import * as z from 'zod';
import type { Execution } from '../../local/step-functions/execution.ts';
import type { RunRef } from '../reaper/run-ref.ts';
import type { SessionTable } from '../session-table/session-table.ts';

const inputShape = z.object({ target: z.string(), dryRun: z.boolean() });

/**
 * Lets a run whose execution was stopped end as the state machine would have ended it: the failure on record, the lock
 * given back. Call it when no step is at work any more. A run that had not begun, or had ended by itself, is left alone.
 *
 * @param failRun carries out the step FailRun
 * @returns whether it was ended here
 */
export async function endAsFailed(
  execution: Pick<Execution, 'arn' | 'name' | 'startedAt' | 'inputText'>,
  table: SessionTable,
  failRun: (payload: unknown) => Promise<unknown>,
): Promise<boolean> {
  const input = inputShape.parse(JSON.parse(execution.inputText));
  const run: RunRef = { ...input, id: execution.name, startedAt: execution.startedAt.toISOString() };
  const record = await table.readRun({ target: run.target, runId: run.id, startedAt: run.startedAt });
  if (record?.state !== 'running') {
    return false;
  }
  const error = { Error: 'RunInterrupted', Cause: 'The run was interrupted at the keyboard.' };
  await failRun({
    state: { input, run, error },
    runId: run.id,
    startedAt: run.startedAt,
    execution: execution.arn,
  });
  return true;
}
