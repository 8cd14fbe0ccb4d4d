import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { CliRuntime } from './cli-runtime.ts';
import type { ExecutionDescription } from './executions.ts';

/** The state machine's own time limit is 15 minutes; whoever waits longer waits for something that does not end. */
const BOUND_MS = 20 * 60_000;

/** The execution went on for longer than its own limit allows. */
export class ExecutionStillRunning extends SlotkeeperError {
  constructor(execution: string) {
    super(
      'ExecutionStillRunning',
      `Expected the execution to end within ${BOUND_MS / 60_000} minutes; it goes on. Follow it with: ` +
        `aws stepfunctions describe-execution --execution-arn ${execution}`,
    );
  }
}

/** Looks at an execution until it has ended: often at first, then every other second. */
export async function waitForExecution(
  { executions, sleep }: Pick<CliRuntime, 'executions' | 'sleep'>,
  execution: string,
): Promise<ExecutionDescription> {
  let waited = 0;
  for (let wait = 200; waited < BOUND_MS; wait = Math.min(2000, wait * 1.5)) {
    await sleep(wait);
    waited += wait;
    const description = await executions.describe(execution);
    if (description.status !== 'RUNNING') {
      return description;
    }
  }
  throw new ExecutionStillRunning(execution);
}
