import type { PoolLimits } from '../pool/pool-limits.ts';
import type { PoolTarget } from '../pool/pool-target.ts';
import type { RedshiftServerlessTarget, RedshiftTarget, TargetConfig } from './target-config.ts';

/** How tenants share the Data API sessions of a target. */
export interface PoolConfig {
  /** The database user of a tenant; holds `{tenantId}` exactly once. */
  readonly dbUser: string;
  /** Globs; a tenant that none of them matches is unknown. */
  readonly tenants: readonly string[];
  readonly limits: PoolLimits;
  readonly metrics: {
    /** Whether a tenant is a dimension of its figures, and so a metric of its own, rather than metadata. */
    readonly tenantDimension: boolean;
  };
}

/** A workgroup takes no database user from a caller: its tenants sign in with secrets. */
export interface WorkgroupPoolConfig extends PoolConfig {
  /** Name of the secret of a tenant's database user; holds `{tenantId}` exactly once. */
  readonly secret: string;
}

/** A target that tenants may query. */
export type PooledTargetConfig =
  | (RedshiftTarget & { readonly pool: PoolConfig })
  | (RedshiftServerlessTarget & { readonly pool: WorkgroupPoolConfig });

export function isPooled(target: TargetConfig): target is PooledTargetConfig {
  return target.pool !== null;
}

/** The target as the pool needs it. */
export function poolTargetOf(target: PooledTargetConfig): PoolTarget {
  const { name, database, pool } = target;
  const common = { name, database, dbUserTemplate: pool.dbUser };
  return target.engine === 'redshift'
    ? { ...common, cluster: target.cluster }
    : { ...common, workgroup: target.workgroup, secretTemplate: target.pool.secret };
}
