import type { Execution } from '../../../local/step-functions/execution.ts';
import { STACK_OUTPUTS } from '../../deployment/stack-outputs.ts';
import type { Laptop } from '../../laptop/start-laptop.ts';
import type { CliIo } from '../cli-io.ts';
import type { Deployments } from '../deployment/deployments.ts';
import type { Executions } from '../executions.ts';

/** What the documents call the stage of a run that nobody deployed. */
export const LAPTOP_STAGE = 'laptop';

/** The one stage of a run by URL: its state machine and its table are in this process. */
export function createLaptopDeployments({ stateMachineArn }: Laptop): Deployments {
  const laptop = { stage: LAPTOP_STAGE, outputs: { [STACK_OUTPUTS.postgresMachine]: stateMachineArn }, stack: null };
  return {
    region: async () => null,
    find: async (stage) => (stage === LAPTOP_STAGE ? laptop : null),
    list: async () => [laptop],
  };
}

/** {@link Executions} in this process; while one is looked at, the progress line says which step it is at. */
export function createLaptopExecutions(laptop: Laptop, io: CliIo, now: () => Date): Executions {
  return {
    start: async ({ runId, input }) => laptop.start(runId, JSON.stringify(input)).arn,
    describe: async (arn) => {
      const execution = laptop.execution(arn);
      const running = execution.status === 'RUNNING';
      io.progress?.(running ? progressOf(execution, now()) : null);
      return {
        status: execution.status,
        output: execution.output === undefined ? null : JSON.stringify(execution.output),
        error: execution.failure.error ?? null,
        cause: execution.failure.cause ?? null,
        startedAt: execution.startedAt.toISOString(),
        stoppedAt: execution.stoppedAt?.toISOString() ?? null,
      };
    },
  };
}

/** e.g. `RecordOutcomes, 4 s`. */
function progressOf(execution: Execution, now: Date): string {
  const entered = execution.history.events(false).findLast(({ type }) => type.endsWith('StateEntered'));
  const details = entered?.['stateEnteredEventDetails'];
  const state =
    typeof details === 'object' && details !== null && 'name' in details ? String(details.name) : 'starting';
  return `${state}, ${Math.floor((now.getTime() - execution.startedAt.getTime()) / 1000)} s`;
}
