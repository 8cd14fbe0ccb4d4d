interface AnyPoolTarget {
  /** Name of the target in slotkeeper.yml. */
  readonly name: string;
  readonly database: string;
  /** The database user of a tenant; holds `{tenantId}` exactly once, e.g. `tenant_{tenantId}`. */
  readonly dbUserTemplate: string;
}

/** A pool on a provisioned cluster: tenants sign in by name. */
export interface ClusterPoolTarget extends AnyPoolTarget {
  /** Identifier of the provisioned cluster. */
  readonly cluster: string;
}

/** A pool on a Serverless workgroup, which takes no database user from a caller: tenants sign in with secrets. */
export interface WorkgroupPoolTarget extends AnyPoolTarget {
  /** Name of the workgroup. */
  readonly workgroup: string;
  /** Name of the secret of a tenant's database user; holds `{tenantId}` exactly once, e.g. `slotkeeper/{tenantId}`. */
  readonly secretTemplate: string;
}

/** Where a pool's sessions are opened. */
export type PoolTarget = ClusterPoolTarget | WorkgroupPoolTarget;
