import * as z from 'zod';
import type { ApiAuthorizer } from '../config/api-config.ts';
import { safeParse } from '../errors/safe-parse.ts';
import { BadRequest } from '../pool/errors/bad-request.ts';
import { Unauthorized } from './api-refusals.ts';
import { type QueryInput, readQueryInput } from './query-input.ts';
import { callerShape, tenantOfCaller } from './tenant-of-caller.ts';

const eventShape = z.object({
  version: z.literal('2.0'),
  requestContext: callerShape,
  body: z.string().optional(),
  isBase64Encoded: z.boolean().default(false),
});

/**
 * Reads a request of the HTTP API. The tenant is who the authorizer says; a body that names one is refused, so that
 * nobody takes it for what counts.
 *
 * @param event of payload format 2.0
 * @throws Unauthorized NoTenant BadRequest
 */
export function readHttpQuery(event: unknown, authorizer: ApiAuthorizer): QueryInput {
  const parsed = safeParse(eventShape, event);
  if (!parsed.success) {
    // Whoever invokes the function itself has not come by the API.
    throw new Unauthorized();
  }
  const { requestContext, body = '', isBase64Encoded } = parsed.data;
  const tenantId = tenantOfCaller(requestContext, authorizer);
  const asked = readBody(isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body);
  if (Object.hasOwn(asked, 'tenantId')) {
    throw new BadRequest('Expected no tenantId in the body: over HTTP the tenant is the caller, and nobody else.');
  }
  return readQueryInput({ ...asked, tenantId });
}

function readBody(text: string): object {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadRequest('Expected a JSON object as the body.', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequest('Expected a JSON object as the body.');
  }
  return value;
}
