import * as z from 'zod';
import type { TargetConfig } from '../config/slotkeeper-config.ts';
import { begunAt } from './begun-at.ts';
import { endAbandonedRuns } from './end-abandoned-runs.ts';
import { RunAlreadyEnded } from './errors/run-already-ended.ts';
import { RunLockHeld } from './errors/run-lock-held.ts';
import { findTarget } from './find-target.ts';
import { newRunRecord } from './new-run-record.ts';
import { readRunInput } from './read-run-input.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';
import { saveRunRecord } from './save-own.ts';

/** What the state machine hands to the step: the input as it came, and who the execution is. */
export const beginRunInput = z.strictObject({
  input: z.unknown(),
  runId: z.string().min(1),
  startedAt: z.string().min(1),
  execution: z.string().min(1),
});

export interface BegunRun {
  readonly run: RunRef;
  readonly polling: { readonly waits: readonly number[]; readonly lastAttempt: number };
  readonly settling: { readonly round: number; readonly wait: number; readonly settled: boolean };
}

/**
 * Begins a run: takes the target's lock and puts the run on record. A repeated step re-enters its own lock and record.
 *
 * @throws InvalidRunInput, TargetUnknown when the input is wrong; nothing was done
 * @throws RunLockHeld when another run of the target is under way; nothing was done
 * @throws RunAlreadyEnded when a run of this name has ended before
 */
export function createBeginRun(ports: ReaperPorts) {
  const { config, table } = ports;
  return async (step: z.infer<typeof beginRunInput>): Promise<BegunRun> => {
    const { target: name, startAfter = 0, ...asked } = readRunInput(step.input);
    const target = findTarget(config, name);
    const run = { target: target.name, id: step.runId, startedAt: begunAt(step.startedAt, startAfter), ...asked };
    await takeLock(ports, target, run.id);
    await endAbandonedRuns(ports, run);

    const stored = await table.readRun({ target: run.target, runId: run.id, startedAt: run.startedAt });
    if (stored === null) {
      await saveRunRecord(table, newRunRecord(run, step.execution));
    } else if (stored.state !== 'running') {
      throw new RunAlreadyEnded(run.target, run.id, stored.state);
    }
    const { pollWaits, settle } = config.runs;
    return {
      run,
      polling: { waits: pollWaits, lastAttempt: pollWaits.length - 1 },
      settling: { round: 0, wait: settle.wait, settled: false },
    };
  };
}

async function takeLock(
  { config, table, metrics, now }: ReaperPorts,
  target: TargetConfig,
  runId: string,
): Promise<void> {
  const at = now();
  const expiresAt = new Date(at.getTime() + config.runs.lockFor * 1000).toISOString();
  const answer = await table.takeRunLock({ target: target.name, runId, now: at.toISOString(), expiresAt });
  if (!answer.taken) {
    metrics.record(target.name, { RunSkipped: 1 });
    throw new RunLockHeld(target.name, answer.holder, answer.expiresAt);
  }
}
