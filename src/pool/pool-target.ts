/** Where a pool's sessions are opened. */
export interface PoolTarget {
  /** Name of the target in slotkeeper.yml. */
  readonly name: string;
  /** Identifier of the provisioned cluster. */
  readonly cluster: string;
  readonly database: string;
  /** The database user of a tenant; holds `{tenantId}` exactly once, e.g. `tenant_{tenantId}`. */
  readonly dbUserTemplate: string;
}
