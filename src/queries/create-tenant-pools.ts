import { isPooled, type PooledTargetConfig } from '../config/pool-config.ts';
import type { SlotkeeperConfig } from '../config/slotkeeper-config.ts';
import { matchesGlob } from '../policy/matches-glob.ts';
import { BadRequest } from '../pool/errors/bad-request.ts';
import { requireTenantId } from '../pool/require-tenant-id.ts';
import type { SessionPool } from '../pool/session-pool.ts';
import { TenantNotAdmitted } from './tenant-not-admitted.ts';
import type { TenantPool, TenantPools } from './tenant-pools.ts';

/**
 * Pools by the configuration. Each is made when it is first asked for and kept, since it holds leases.
 *
 * @param createPool makes the pool of a target
 */
export function createTenantPools(
  config: SlotkeeperConfig,
  createPool: (target: PooledTargetConfig) => SessionPool,
): TenantPools {
  const targets = Object.values(config.targets).filter(isPooled);
  const pools = new Map<string, TenantPool>();

  function poolOf(target: PooledTargetConfig): TenantPool {
    const made = pools.get(target.name) ?? {
      pool: createPool(target),
      waitSeconds: target.pool.limits.waitSeconds,
    };
    pools.set(target.name, made);
    return made;
  }

  return {
    poolFor(tenantId, name) {
      const tenant = requireTenantId(tenantId);
      const target = chooseTarget(targets, name);
      if (!admits(target, tenant)) {
        throw new TenantNotAdmitted(tenant, target.name);
      }
      return poolOf(target);
    },
    poolOf(name, tenant) {
      const target = targets.find((one) => one.name === name);
      return target !== undefined && admits(target, tenant) ? poolOf(target).pool : null;
    },
    all: () =>
      targets.map((target) => ({
        target: target.name,
        pool: poolOf(target).pool,
        admits: (tenant) => admits(target, tenant),
      })),
  };
}

function admits({ pool }: PooledTargetConfig, tenant: string): boolean {
  return pool.tenants.some((pattern) => matchesGlob(pattern, tenant));
}

function chooseTarget(targets: readonly PooledTargetConfig[], name: string | undefined): PooledTargetConfig {
  const [only, ...more] = targets;
  if (only === undefined) {
    throw new BadRequest('Expected a target with a pool in slotkeeper.yml, but none has one.');
  }
  const known = targets.map((target) => target.name).join(', ');
  if (name === undefined && more.length > 0) {
    throw new BadRequest(`Expected a target, one of ${known}: more than one has a pool.`);
  }
  const target = name === undefined ? only : targets.find((one) => one.name === name);
  if (target === undefined) {
    throw new BadRequest(`Expected the target to be one with a pool (${known}), got another name.`);
  }
  return target;
}
