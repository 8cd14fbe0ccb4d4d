import * as z from 'zod';
import type { ApiAuthorizer } from '../config/api-config.ts';
import { TENANT_ID } from '../pool/require-tenant-id.ts';
import { NoTenant, Unauthorized } from './api-refusals.ts';

/**
 * What API Gateway says of a caller (API Gateway guide, "Create AWS Lambda proxy integrations for HTTP APIs", payload
 * format 2.0): the claims of a token as texts, or the ARN of an IAM identity.
 */
export const callerShape = z.object({
  accountId: z.string(),
  authorizer: z
    .object({
      jwt: z.object({ claims: z.record(z.string(), z.unknown()) }).optional(),
      iam: z.object({ userArn: z.string() }).optional(),
    })
    .optional(),
});

/** `arn:aws:sts::<account>:assumed-role/<role>/<session>`; a role's path is not in it. */
const ASSUMED_ROLE = /^arn:aws[a-z-]*:sts::(?<account>\d{12}):assumed-role\/(?<role>[^/]+)\/[^/]+$/;

/**
 * The tenant of a caller, by the authorizer alone: nothing that the caller wrote himself is asked.
 *
 * @throws Unauthorized when the authorizer of the configuration did not let the request in
 * @throws NoTenant when whom it let in is no tenant
 */
export function tenantOfCaller(caller: z.infer<typeof callerShape>, authorizer: ApiAuthorizer): string {
  const tenant = authorizer.kind === 'jwt' ? byClaim(caller, authorizer.tenantClaim) : byRole(caller, authorizer.role);
  if (!TENANT_ID.test(tenant)) {
    throw new NoTenant(
      'a tenant id of 1 to 40 lower-case letters, digits, hyphens and underscores, which the caller does not have',
    );
  }
  return tenant;
}

function byClaim({ authorizer }: z.infer<typeof callerShape>, claim: string): string {
  const claims = authorizer?.jwt?.claims;
  if (claims === undefined) {
    throw new Unauthorized();
  }
  const value = claims[claim];
  // What every object has beside its members, such as `constructor`, is no text.
  if (typeof value !== 'string') {
    throw new NoTenant(`a token with the claim ${claim}, one text`);
  }
  return value;
}

function byRole({ authorizer, accountId }: z.infer<typeof callerShape>, template: string): string {
  const userArn = authorizer?.iam?.userArn;
  if (userArn === undefined) {
    throw new Unauthorized();
  }
  const { account, role = '' } = ASSUMED_ROLE.exec(userArn)?.groups ?? {};
  const [before = '', after = ''] = template.split('{tenantId}');
  // A role of that name in somebody else's account is somebody else's.
  const fits = account === accountId && role.startsWith(before) && role.endsWith(after);
  if (!fits || role.length <= before.length + after.length) {
    throw new NoTenant(`a caller with a role ${template} of this account`);
  }
  return role.slice(before.length, role.length - after.length);
}
