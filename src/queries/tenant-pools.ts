import type { SessionPool } from '../pool/session-pool.ts';

/** The session pools of the targets that tenants may query. */
export interface TenantPools {
  /**
   * The pool on which a tenant's statements run.
   *
   * @param target name of the target; undefined: the only one that tenants may query
   * @throws BadRequest when the tenant id has no valid form, or when it is not clear which target is meant
   * @throws TenantNotAdmitted when the target does not serve this tenant
   */
  poolFor(tenantId: string, target: string | undefined): TenantPool;
  /** The pool of a tenant's sessions; null: no such target, tenants do not query it, or it does not serve this one. */
  poolOf(target: string, tenant: string): SessionPool | null;
  /** The pools of all targets that tenants may query. */
  all(): readonly TargetPool[];
}

export interface TargetPool {
  readonly target: string;
  readonly pool: SessionPool;
  /** Whether these functions serve the tenant; others have functions, and an identity, of their own. */
  readonly admits: (tenant: string) => boolean;
}

export interface TenantPool {
  readonly pool: SessionPool;
  /** How long a caller may wait for a session before its statement is submitted, seconds. */
  readonly waitSeconds: number;
}
