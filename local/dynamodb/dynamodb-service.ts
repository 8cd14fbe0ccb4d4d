import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import dynalite from 'dynalite';
import type { AwsService } from '../http/aws-service.ts';
import { targetOperation } from '../http/json-service.ts';

/** dynalite's operations, as its index lists them. */
const OPERATIONS = [
  ...['BatchGetItem', 'BatchWriteItem', 'CreateTable', 'DeleteItem', 'DeleteTable', 'DescribeTable'],
  ...['DescribeTimeToLive', 'GetItem', 'ListTables', 'ListTagsOfResource', 'PutItem', 'Query', 'Scan'],
  ...['TagResource', 'UntagResource', 'UpdateItem', 'UpdateTable'],
];

/** dynalite wants a header of this shape and checks nothing in it; a plain HTTP client may come without. */
const ANY_SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=local/20000101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=none';

/** A request and an answer of the service, without a connection. */
export interface BareRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface BareAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface DynamoDbService extends AwsService {
  /** Answers a caller in the same process. */
  answer(request: BareRequest): Promise<BareAnswer>;
  /** Closes the store, so that its directory can be opened again. */
  stop(): Promise<void>;
}

/**
 * DynamoDB by dynalite, without a port of its own: the router's requests are replayed to its HTTP server.
 *
 * @param path directory of the store; undefined keeps it in memory
 */
export function createDynamoDbService(path?: string): DynamoDbService {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(path === undefined ? {} : { path }),
  });
  return {
    name: 'dynamodb',
    operations: OPERATIONS,
    operationOf: (request) => targetOperation(request, 'DynamoDB_20120810'),
    handle: async (request, _operation, response) => {
      replay(server, { ...request, path: request.url.pathname }, response);
    },
    answer: (request) =>
      new Promise((resolve) => {
        const headers: Record<string, string> = {};
        const response = {
          statusCode: 200,
          setHeader: (name: string, value: unknown) => {
            headers[name.toLowerCase()] = String(value);
          },
          end: (body = '') => resolve({ status: response.statusCode, headers, body }),
        };
        replay(server, request, response);
      }),
    stop: async () => {
      // dynalite closes its store only from a server that listens, so it listens for this one moment.
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
      });
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
      });
    },
  };
}

/**
 * Gives dynalite what it reads of a request. Its own reading of a socket would end the process when a client goes away in
 * the middle of a request, as a killed container does; here the body is complete, and what it throws lands at the caller.
 */
function replay(server: Server, request: BareRequest, response: object): void {
  const headers = {
    ...request.headers,
    authorization: request.headers['authorization'] ?? ANY_SIGNATURE,
    'x-amz-date': request.headers['x-amz-date'] ?? '20000101T000000Z',
  };
  const played = Object.assign(new EventEmitter(), { method: request.method, url: request.path, headers });
  server.emit('request', played, response);
  played.emit('data', request.body);
  played.emit('end');
}
