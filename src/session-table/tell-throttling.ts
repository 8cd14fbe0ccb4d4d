import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { TableThrottled } from './table-throttled.ts';

/** Names of the refusals by which DynamoDB throttles (Developer Guide, "Error handling with DynamoDB"). */
const REFUSALS = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);

/** The client, whose refusals by throttling are told as {@link TableThrottled}, after the client's own tries. */
export function tellThrottling(client: DynamoDBDocumentClient): Pick<DynamoDBDocumentClient, 'send'> {
  const send = async (command: Parameters<DynamoDBDocumentClient['send']>[0]): Promise<unknown> => {
    try {
      return await client.send(command);
    } catch (cause) {
      if (cause instanceof Error && REFUSALS.has(cause.name)) {
        const problem = `Expected DynamoDB to answer a request for the session table, but it refused it (${cause.name}).`;
        throw new TableThrottled(problem, { cause });
      }
      throw cause;
    }
  };
  return { send: send as DynamoDBDocumentClient['send'] };
}
