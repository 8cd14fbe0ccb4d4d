import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import * as z from 'zod';
import type { AwsRequest, AwsService } from '../http/aws-service.ts';
import { sendJson } from '../http/send-json.ts';
import type { LambdaService } from './lambda-service.ts';

/** Where function URLs are on the cloud's one port; on AWS each has a host of its own. */
export const FUNCTION_URL_ROOT = '/functions';

/** What a function may answer for a whole HTTP response (Lambda guide, "Response payload format"). */
const httpResponse = z.object({
  statusCode: z.int().min(100).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(''),
  isBase64Encoded: z.boolean().default(false),
});

/**
 * Lambda function URLs with auth type NONE: any request below `/functions/<name>/` invokes that function with an event of
 * payload format 2.0, and its answer becomes the response.
 *
 * @param keys functions that have a URL by the name in their path, e.g. `snooze-session`
 */
export function functionUrlService(lambda: LambdaService, keys: ReadonlyMap<string, string>): AwsService {
  const nameIn = ({ pathname }: URL) => pathname.slice(FUNCTION_URL_ROOT.length + 1).split('/')[0] ?? '';
  return {
    name: 'lambda-url',
    operations: [...keys.keys()],
    operationOf: ({ url }) =>
      url.pathname.startsWith(`${FUNCTION_URL_ROOT}/`) && keys.has(nameIn(url)) ? nameIn(url) : null,
    async handle(request, name, response) {
      const event = JSON.stringify(toEvent(request, name));
      const found = lambda.functions.all.find(({ key }) => key === keys.get(name));
      const outcome = found === undefined ? null : await lambda.invoke(found.arn, event);
      if (outcome?.ok !== true) {
        sendJson(response, 502, { Message: 'Internal Server Error' }, 'application/json');
        return;
      }
      answer(response, outcome.payload);
    },
  };
}

function answer(response: ServerResponse, payload: string): void {
  const parsed = httpResponse.safeParse(JSON.parse(payload));
  if (!parsed.success) {
    // Whatever is no response is the body of one, as JSON.
    response.writeHead(200, { 'content-type': 'application/json' }).end(payload);
    return;
  }
  const { statusCode, headers, body, isBase64Encoded } = parsed.data;
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  response.writeHead(statusCode, { 'content-type': 'application/json', ...headers, 'content-length': bytes.length });
  response.end(bytes);
}

/** Payload format 2.0 (Lambda guide, "Invoking Lambda function URLs", "Request payload format"). */
function toEvent({ method, url, headers, body, raw }: AwsRequest, name: string): object {
  const path = url.pathname.slice(FUNCTION_URL_ROOT.length + 1 + name.length) || '/';
  const now = new Date();
  const host = headers.host ?? '';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: url.search.slice(1),
    headers: Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, [value].flat().join(',')])),
    queryStringParameters: Object.fromEntries(url.searchParams),
    requestContext: {
      ...{ accountId: 'anonymous', apiId: name, domainName: host, domainPrefix: name },
      ...{ requestId: randomUUID(), routeKey: '$default', stage: '$default' },
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
      http: {
        ...{ method, path, protocol: `HTTP/${raw.httpVersion}` },
        ...{ sourceIp: raw.socket.remoteAddress ?? '127.0.0.1', userAgent: headers['user-agent'] ?? '' },
      },
    },
    ...(body.length === 0 ? {} : { body: body.toString('base64') }),
    isBase64Encoded: body.length > 0,
  };
}
