import type { PoolTarget } from './pool-target.ts';
import { requireTenantId } from './require-tenant-id.ts';

/** Who may share a session: a session never leaves its key, since Redshift has no DISCARD ALL. */
export interface PoolKey {
  readonly tenant: string;
  /** Name of the target in slotkeeper.yml. */
  readonly target: string;
  readonly database: string;
  readonly dbUser: string;
}

/**
 * The pool key of a tenant on a target. The database user comes from the target's template, never from a caller; the
 * template has the tenant's id exactly once, so two tenants never share a user.
 *
 * @throws BadRequest when the tenant id does not have the strict form
 */
export function poolKeyOf(target: PoolTarget, tenantId: string): PoolKey {
  const tenant = requireTenantId(tenantId);
  return {
    tenant,
    target: target.name,
    database: target.database,
    dbUser: target.dbUserTemplate.replace('{tenantId}', tenant),
  };
}
