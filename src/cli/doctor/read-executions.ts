import { DescribeExecutionCommand, ListExecutionsCommand, StateMachineDoesNotExist } from '@aws-sdk/client-sfn';
import type { ExecutionFacts, UnrecordedFailure } from '../../doctor/deployment/judge-executions.ts';
import type { DoctorClients } from './doctor-clients.ts';

/** Newest executions of a state machine that are looked at. */
const LOOKED_AT = 50;

/** Failures of which the error is looked up: one call each. */
const LOOKED_UP = 5;

const FAILED: ReadonlySet<string> = new Set(['FAILED', 'TIMED_OUT', 'ABORTED']);

/**
 * Failed executions that no run on record has made.
 *
 * @param recorded names of executions, which are the ids of their runs
 * @param since older ones may have outlived their record
 */
export async function readExecutions(
  { sfn }: DoctorClients,
  machines: readonly string[],
  recorded: ReadonlySet<string>,
  since: Date,
): Promise<ExecutionFacts> {
  const executions: { arn: string; name: string; status: string; startedAt: number }[] = [];
  for (const stateMachineArn of machines) {
    const page = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: LOOKED_AT })).catch(absent);
    for (const { executionArn, name, status, startDate } of page?.executions ?? []) {
      if (startDate === undefined || startDate < since) {
        continue;
      }
      executions.push({
        arn: executionArn ?? '',
        name: name ?? '',
        status: status ?? '',
        startedAt: startDate.getTime(),
      });
    }
  }
  const failed = executions
    .filter(({ status, name }) => FAILED.has(status) && !recorded.has(name))
    .sort((a, b) => b.startedAt - a.startedAt);
  const unrecorded: UnrecordedFailure[] = [];
  for (const [index, { arn }] of failed.entries()) {
    const described = index < LOOKED_UP ? await sfn.send(new DescribeExecutionCommand({ executionArn: arn })) : null;
    unrecorded.push({ arn, error: described?.error ?? null });
  }
  return { looked: executions.length, unrecorded };
}

/** A stage without targets of an engine need not have its state machine. */
function absent(error: unknown): null {
  if (error instanceof StateMachineDoesNotExist) {
    return null;
  }
  throw error;
}
