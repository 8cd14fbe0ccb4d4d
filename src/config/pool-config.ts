import type { PoolLimits } from '../pool/pool-limits.ts';
import type { PoolTarget } from '../pool/pool-target.ts';
import type { RedshiftTarget, TargetConfig } from './target-config.ts';

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

/** A target that tenants may query. */
export type PooledTargetConfig = RedshiftTarget & { readonly pool: PoolConfig };

export function isPooled(target: TargetConfig): target is PooledTargetConfig {
  return target.engine === 'redshift' && target.pool !== null;
}

/** The target as the pool needs it. */
export function poolTargetOf({ name, cluster, database, pool }: PooledTargetConfig): PoolTarget {
  return { name, cluster, database, dbUserTemplate: pool.dbUser };
}
