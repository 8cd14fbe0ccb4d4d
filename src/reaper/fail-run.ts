import * as z from 'zod';
import { composeRunFailure } from '../notices/compose-run-failure.ts';
import { begunAt } from './begun-at.ts';
import { type FailedRunState, readFailedRunState } from './failed-run-state.ts';
import { createFailureSteps, type FailureSteps } from './failure-steps.ts';
import { findDataApiTarget } from './find-data-api-target.ts';
import { findFailure } from './find-failure.ts';
import { findTarget } from './find-target.ts';
import { LONGEST_TURN_SECONDS } from './read-run-input.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runEvent } from './run-event.ts';
import { endFigures, refusalOf, runFigures } from './run-figures.ts';
import type { RunRef } from './run-ref.ts';
import { readRunReport } from './run-report.ts';
import { saveRunRecord } from './save-own.ts';
import type { TaskError } from './task-error.ts';
import { tellUnreachable } from './tell-unreachable.ts';

export const failRunInput = z.strictObject({
  state: z.unknown(),
  runId: z.string().min(1),
  startedAt: z.string().min(1),
  execution: z.string().min(1),
});

/** What is read of an input with which a run did not come to begin. */
const failedInput = z.object({
  target: z.string(),
  dryRun: z.boolean().catch(false),
  startAfter: z.int().min(0).max(LONGEST_TURN_SECONDS).catch(0),
});

/** What the execution fails with. A `Fail` state takes 256 and 32,768 characters (AWS page state-fail). */
export interface FailedRun {
  readonly error: string;
  readonly cause: string;
}

const MAX_CAUSE = 30_000;

/**
 * Ends a run that failed: finds out why, puts it on record, tells the operators and the event bus, and gives the lock
 * back. Each of these is tried whatever becomes of the others; what goes wrong here stands behind the first error in
 * the cause, never in its place.
 */
export function createFailRun(ports: ReaperPorts) {
  return async (step: z.infer<typeof failRunInput>): Promise<FailedRun> => {
    const state = readFailedRunState(step.state);
    const run = findRun(ports, state, step);
    const steps = createFailureSteps();
    const failure = (await steps.attempt('find out why', () => findFailure(state, describeIn(ports, run)))) ?? {
      name: 'StatementFailed',
      message: 'The query for the sessions failed; its message could not be read.',
    };
    if (run !== null) {
      await recordFailure(ports, run, failure, steps);
    }
    const { name: error, message: cause } = failure;
    await steps.attempt('tell the operators', () =>
      ports.operators.publish(
        composeRunFailure({ target: run?.target ?? null, runId: step.runId, error, cause, now: ports.now() }),
      ),
    );
    if (run !== null) {
      await steps.attempt('give the lock back', () =>
        ports.table.releaseRunLock({ target: run.target, runId: run.id }),
      );
    }
    const also = steps.problems.map((problem) => ` Also ${problem}.`).join('');
    return { error: error.slice(0, 256), cause: `${cause}${also}`.slice(0, MAX_CAUSE) };
  };
}

/** The run as its steps knew it; or, when it failed to begin, as its input names it, for the lock it may have taken. */
function findRun(
  { config }: ReaperPorts,
  state: FailedRunState,
  { runId, startedAt }: { runId: string; startedAt: string },
): RunRef | null {
  if (state.run !== undefined) {
    return state.run;
  }
  const input = failedInput.safeParse(state.input);
  if (!input.success || !Object.hasOwn(config.targets, input.data.target)) {
    return null;
  }
  const { target, dryRun, startAfter } = input.data;
  return { target, id: runId, startedAt: begunAt(startedAt, startAfter), dryRun };
}

function describeIn({ config, warehouseOf }: ReaperPorts, run: RunRef | null) {
  return async (statementId: string) => {
    return await warehouseOf(findDataApiTarget(config, run?.target ?? '')).describe(statementId);
  };
}

/** Puts the failure, and what the run did before it, on record and on the event bus; a run that never began has none. */
async function recordFailure(ports: ReaperPorts, run: RunRef, failure: TaskError, steps: FailureSteps): Promise<void> {
  const { config, table, events, metrics, now } = ports;
  const record = await steps.attempt('read the run record', () =>
    table.readRun({ target: run.target, runId: run.id, startedAt: run.startedAt }),
  );
  if (record === null) {
    // Nothing is known of it but that it failed; alarms want to know that.
    await steps.attempt('measure the failure', async () =>
      metrics.record(run.target, endFigures(failure), refusalOf(failure)),
    );
    return;
  }
  const report = await steps.attempt('gather what the run did', () => readRunReport(ports, run));
  const { notices, outcomes } = report ?? record;
  const unreachable = await steps.attempt('tell the operators whom nobody reaches', () =>
    tellUnreachable(ports, run, report?.unreachable ?? []),
  );
  const finishedAt = now().toISOString();
  const failed = { ...record, ...unreachable, state: 'failed' as const, notices, outcomes, error: failure, finishedAt };
  const facts = [...(report?.events ?? []), runEvent('Run Failed', failed)];
  const published = await steps.attempt('publish the events', () => events.publish(facts));
  const eventsFailed = record.eventsFailed + (published?.failed ?? facts.length);
  const next = { ...failed, eventsFailed, version: record.version + 1 };
  await steps.attempt('record the failure', () => saveRunRecord(table, next));
  await steps.attempt('measure the failure', async () =>
    metrics.record(
      run.target,
      runFigures(findTarget(config, run.target), next, report?.warned ?? 0),
      refusalOf(failure),
    ),
  );
}
