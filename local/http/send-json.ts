import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** Answers with a JSON body and the request id that AWS clients look for. */
export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  contentType = 'application/x-amz-json-1.0',
  headers: Readonly<Record<string, string>> = {},
): void {
  const body = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': body.length,
    'x-amzn-requestid': randomUUID(),
    ...headers,
  });
  response.end(body);
}
