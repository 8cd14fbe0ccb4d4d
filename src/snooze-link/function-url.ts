import * as z from 'zod';
import type { LinkAnswer, LinkRequest } from './answer-link.ts';

/** What of an event of a Lambda function URL is read: payload format 2.0 (Lambda guide, "Invoking Lambda function URLs"). */
const urlEvent = z.object({
  version: z.literal('2.0'),
  rawQueryString: z.string(),
  requestContext: z.object({ http: z.object({ method: z.string() }) }),
});

/** What Lambda turns into an HTTP response. */
export interface FunctionUrlResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** @throws z.ZodError when it is no such event */
export function readUrlEvent(event: unknown): LinkRequest {
  const { rawQueryString, requestContext } = urlEvent.parse(event);
  return {
    method: requestContext.http.method.toUpperCase(),
    token: new URLSearchParams(rawQueryString).get('link') ?? '',
  };
}

/** A page that nobody stores, frames or learns the address of. */
export function toUrlResponse({ status, html }: LinkAnswer, method: string): FunctionUrlResponse {
  return {
    statusCode: status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-robots-tag': 'noindex',
      ...(status === 405 ? { allow: 'GET, HEAD, POST' } : {}),
    },
    body: method === 'HEAD' ? '' : html,
    isBase64Encoded: false,
  };
}
