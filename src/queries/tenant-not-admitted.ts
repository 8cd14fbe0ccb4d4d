import { SlotkeeperError } from '../errors/slotkeeper-error.ts';

/** The configuration does not let this tenant query this target. To a caller the same as a tenant without a user. */
export class TenantNotAdmitted extends SlotkeeperError {
  constructor(tenant: string, target: string) {
    super(
      'TenantUnknown',
      `Expected a tenant that targets.${target}.pool.tenants of slotkeeper.yml admits, got ${tenant}. Nothing was run; add it there, or correct the tenant id.`,
    );
  }
}
