import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { AwsRequest } from '../http/aws-service.ts';

/** What a function may answer for a whole HTTP response (Lambda guide, "Response payload format"). */
const httpResponse = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/** What function URLs and HTTP APIs put into an event in different ways. */
export interface HttpEventOptions {
  readonly apiId: string;
  readonly accountId: string;
  readonly routeKey: string;
  /** As the function sees it. */
  readonly path: string;
  /** Whether the body is sent as base64, as function URLs do with whatever is no text. */
  readonly base64: boolean;
  /** What the authorizer says; absent: there is none. */
  readonly authorizer?: object;
}

/**
 * An event of payload format 2.0 (Lambda guide, "Invoking Lambda function URLs", "Request payload format"; API Gateway
 * guide, "Create AWS Lambda proxy integrations for HTTP APIs").
 */
export function toHttpEvent({ method, url, headers, body, raw }: AwsRequest, options: HttpEventOptions): object {
  const { apiId, accountId, routeKey, path, base64, authorizer } = options;
  const now = new Date();
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value].flat().join(',')])),
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: {
      ...{ accountId, apiId, domainName: headers.host ?? '', domainPrefix: apiId },
      ...(authorizer === undefined ? {} : { authorizer }),
      ...{ requestId: randomUUID(), routeKey, stage: '$default' },
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
      http: {
        ...{ method, path, protocol: `HTTP/${raw.httpVersion}` },
        ...{ sourceIp: raw.socket.remoteAddress ?? '127.0.0.1', userAgent: headers['user-agent'] ?? '' },
      },
    },
    ...(body.length === 0 ? {} : { body: body.toString(base64 ? 'base64' : 'utf8') }),
    isBase64Encoded: base64 && body.length > 0,
  };
}

/** Answers with what a function answered. Whatever is no response is the body of one, as JSON. */
export function answerWithPayload(response: ServerResponse, payload: string): void {
  const parsed = httpResponse.safeParse(JSON.parse(payload));
  if (!parsed.success) {
    response.writeHead(200, { 'content-type': 'application/json' }).end(payload);
    return;
  }
  const { statusCode, headers, body, isBase64Encoded } = parsed.data;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
  response.end(bytes);
}
