import { SlotkeeperError } from '../../errors/slotkeeper-error.ts';

/** The target has no database user for this tenant. */
export class TenantUnknown extends SlotkeeperError {
  constructor(tenant: string, target: string, options?: ErrorOptions) {
    super(
      'TenantUnknown',
      `Expected target ${target} to have a database user for tenant ${tenant}, but it has none. Create the user by the target's template, or correct the tenant id.`,
      options,
    );
  }
}
