import type * as z from 'zod';
import type { ApiConfig } from './api-config.ts';
import { mapping, oneOrMore, pattern, text, wholeNumber } from './fields.ts';

const PLACEHOLDER = '{tenantId}';

const jwt = mapping({
  issuer: pattern(/^https:\/\/[^\s?#]+$/, 'the https URL that tokens have as iss'),
  audience: oneOrMore(text('an audience'), 'an audience or a list of audiences'),
  tenantClaim: pattern(
    /^[A-Za-z_][A-Za-z0-9_:.-]{0,127}$/,
    'the name of the claim that is the tenant id, such as tenant',
  ),
  scopes: oneOrMore(text('a scope'), 'a scope or a list of scopes').optional(),
});

const iam = mapping({
  // The signs of a role's name (IAM API reference, CreateRole).
  role: pattern(
    /^[\w+=,.@-]*\{tenantId\}[\w+=,.@-]*$/,
    `the name of a tenant's role, with ${PLACEHOLDER} exactly once, such as queries-${PLACEHOLDER}`,
  ).max(64, 'at most 64 characters'),
});

/** `api`: tenants' queries over HTTP; one of the two authorizers decides who a caller is. */
export const apiSchema = mapping({
  jwt: jwt.optional(),
  iam: iam.optional(),
  throttle: mapping({ rate: wholeNumber(1, 10_000), burst: wholeNumber(1, 5_000) }).default({ rate: 20, burst: 40 }),
}).superRefine((value, context) => {
  if (context.issues.length === 0 && (value.jwt === undefined) === (value.iam === undefined)) {
    context.addIssue({ code: 'custom', path: [], message: 'either jwt or iam, which tells the tenant of a caller' });
  }
});

export function toApiConfig({ jwt, iam, throttle }: z.infer<typeof apiSchema>): ApiConfig {
  if (jwt !== undefined) {
    return { authorizer: { kind: 'jwt', ...jwt, scopes: jwt.scopes ?? [] }, throttle };
  }
  if (iam !== undefined) {
    return { authorizer: { kind: 'iam', ...iam }, throttle };
  }
  throw new Error('The schema of api lets only files through that have jwt or iam.');
}
