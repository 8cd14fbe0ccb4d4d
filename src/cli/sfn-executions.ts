import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { Executions } from './executions.ts';

/** {@link Executions} on AWS Step Functions. */
export function createSfnExecutions(client: SFNClient): Executions {
  return {
    async start({ stateMachineArn, runId, input }) {
      const { executionArn } = await client.send(
        new StartExecutionCommand({ stateMachineArn, name: runId, input: JSON.stringify(input) }),
      );
      return expected(executionArn, 'StartExecution', 'executionArn');
    },

    async describe(execution) {
      const answer = await client.send(new DescribeExecutionCommand({ executionArn: execution }));
      return {
        status: expected(answer.status, 'DescribeExecution', 'status'),
        output: answer.output ?? null,
        error: answer.error ?? null,
        cause: answer.cause ?? null,
        startedAt: expected(answer.startDate, 'DescribeExecution', 'startDate').toISOString(),
        stoppedAt: answer.stopDate?.toISOString() ?? null,
      };
    },
  };
}

/** The SDK types every member of an answer as optional; these are always there (Step Functions API reference). */
function expected<T>(value: T | undefined, operation: string, member: string): T {
  if (value === undefined) {
    throw new SlotkeeperError(
      'UnexpectedAnswer',
      `Expected ${member} in the answer of ${operation}, got none. Check what AWS_ENDPOINT_URL points to.`,
    );
  }
  return value;
}
