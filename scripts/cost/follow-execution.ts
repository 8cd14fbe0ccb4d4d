import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type HistoryEvent,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { readHistory } from './read-history.ts';

/** Milliseconds between two looks: seldom enough to leave the machine to what is measured. */
const PAUSE_MS = 10;

export interface Execution {
  readonly stateMachineArn: string;
  readonly input: unknown;
}

export interface FollowedExecution {
  readonly output: unknown;
  readonly events: readonly HistoryEvent[];
}

/** Starts an execution and waits for its end. @throws Error with what it says of itself when it does not succeed */
export async function followExecution(
  sfn: SFNClient,
  { stateMachineArn, input }: Execution,
): Promise<FollowedExecution> {
  const { executionArn = '' } = await sfn.send(
    new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }),
  );
  let end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  while (end.status === 'RUNNING') {
    await delay(PAUSE_MS);
    end = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  }
  if (end.status !== 'SUCCEEDED') {
    throw new Error(`Expected the run to succeed, it is ${end.status}: ${end.error ?? ''} ${end.cause ?? ''}`.trim());
  }
  return { output: JSON.parse(end.output ?? 'null'), events: await readHistory(sfn, executionArn) };
}
