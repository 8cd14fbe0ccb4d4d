import { REGION } from '../cloud-names.ts';
import type { AslState, Json } from './asl.ts';
import { dataMember, type ExecutionHistory } from './execution-history.ts';
import type { LoadedMachine } from './load-state-machine.ts';
import { dataLimitExceeded, exceedsDataLimit } from './states-error.ts';
import { labelOf } from './task-integrations.ts';

/** One try of a Task state. */
export interface TaskRun {
  readonly name: string;
  readonly state: AslState;
  /** The task's parameters, paths already resolved. */
  readonly input: Json;
  readonly history: ExecutionHistory;
  /** Aborts when the execution ends. */
  readonly signal: AbortSignal;
}

/**
 * Runs one try of a task through its integration and records what Step Functions records: scheduled, started, and
 * succeeded or failed. A try that the engine has given up (its TimeoutSeconds are over) or whose execution has ended
 * records nothing more.
 *
 * @throws the integration's error, or `States.DataLimitExceeded`
 */
export async function runTask(run: TaskRun, machine: LoadedMachine): Promise<Json> {
  const resource = run.state.Resource ?? '';
  const label = labelOf(resource);
  const deadline = performance.now() + (run.state.TimeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const isOver = () => run.signal.aborted || performance.now() >= deadline;
  run.history.add('TaskScheduled', {
    ...label,
    region: REGION,
    parameters: JSON.stringify(run.input),
    ...(run.state.TimeoutSeconds === undefined ? {} : { timeoutInSeconds: run.state.TimeoutSeconds }),
  });
  run.history.add('TaskStarted', { ...label });
  try {
    const output = await untilAborted(machine.integration(resource)(run.input), run.signal);
    if (exceedsDataLimit(output)) {
      throw dataLimitExceeded(run.name);
    }
    if (!isOver()) {
      run.history.add('TaskSucceeded', { ...label, ...dataMember('output', output) });
    }
    return output;
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    if (!isOver()) {
      run.history.add('TaskFailed', { ...label, error: error.name, cause: error.message });
    }
    throw error;
  }
}

/** Gives up waiting when the execution ends; the work itself goes on, as a Lambda function on AWS does. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
