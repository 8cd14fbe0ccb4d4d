import { Readable } from 'node:stream';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, REGION } from '../../local/cloud-names.ts';
import type { DynamoDbService } from '../../local/dynamodb/dynamodb-service.ts';

/** The SDK's way to a service. */
type RequestHandler = DynamoDBClient['config']['requestHandler'];
type HttpRequest = Parameters<RequestHandler['handle']>[0];

/**
 * A DynamoDB client whose requests are answered in this process: nothing listens on the machine, so nobody else on it
 * can write a receipt.
 */
export function createInProcessDynamoDb(service: DynamoDbService): DynamoDBClient {
  const requestHandler = {
    metadata: { handlerProtocol: 'in-process' },
    async handle({ method, path, headers, body }: HttpRequest) {
      const answer = await service.answer({ method, path, headers, body: bytesOf(body) });
      return {
        response: {
          statusCode: answer.status,
          headers: answer.headers,
          body: Readable.from([Buffer.from(answer.body)]),
        },
      };
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
    destroy: () => {},
  };
  return new DynamoDBClient({
    endpoint: 'http://dynamodb.in-process',
    region: REGION,
    credentials: LOCAL_CREDENTIALS,
    requestHandler,
  });
}

/** The SDK's own byte array gives itself out as text where Buffer.from looks, and complains about it. */
function bytesOf(body: unknown): Buffer {
  return ArrayBuffer.isView(body)
    ? Buffer.from(body.buffer, body.byteOffset, body.byteLength)
    : Buffer.from(String(body ?? ''));
}
