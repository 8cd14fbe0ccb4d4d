import { BadRequest } from './errors/bad-request.ts';

/**
 * Lower-case letters, digits, `_` and `-`, at most 40: it becomes part of table keys (`#` separates there), of statement
 * names (`/` separates there) and of a database user, of which GetClusterCredentials takes 64 such characters.
 */
export const TENANT_ID = /^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/;

/** @throws BadRequest when it is no tenant id; the text itself is not repeated */
export function requireTenantId(tenantId: unknown): string {
  if (typeof tenantId !== 'string' || !TENANT_ID.test(tenantId)) {
    throw new BadRequest(
      'Expected a tenant id of 1 to 40 lower-case letters, digits, hyphens and underscores that begins and ends with a letter or digit.',
    );
  }
  return tenantId;
}
