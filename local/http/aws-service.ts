import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with its whole body, as the router hands it to a service. */
export interface AwsRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly raw: IncomingMessage;
}

/** One emulated AWS service behind the endpoint. */
export interface AwsService {
  /** The service's signing name, e.g. `states`; prefix of its entries in the call counts. */
  readonly name: string;
  /** What it offers, shown by `GET /health`. */
  readonly operations: readonly string[];
  /** The operation that this request asks of this service; null when the request is another service's. */
  operationOf(request: AwsRequest): string | null;
  handle(request: AwsRequest, operation: string, response: ServerResponse): Promise<void>;
}
