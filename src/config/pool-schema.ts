import * as z from 'zod';
import { DEFAULT_POOL_LIMITS, SESSION_LIFETIME_SECONDS } from '../pool/pool-limits.ts';
import { duration, mapping, oneOrMore, pattern, share, text, wholeNumber } from './fields.ts';
import type { PoolConfig } from './pool-config.ts';

const PLACEHOLDER = '{tenantId}';

/** Longest tenant id (`TENANT_ID` of the pool). */
const MAX_TENANT_ID = 40;
/** Longest DbUser (Redshift API reference, GetClusterCredentials). */
const MAX_DB_USER = 64;
const MAX_TEMPLATE_TEXT = MAX_DB_USER - MAX_TENANT_ID;

/**
 * Begins with a letter, as a database user must and a tenant id need not; the signs are those of GetClusterCredentials
 * but for `+` and `@`.
 */
const dbUser = pattern(
  /^[a-z][a-z0-9_.-]*\{tenantId\}[a-z0-9_.-]*$/,
  `a database user that begins with a lower-case letter and has ${PLACEHOLDER} exactly once, such as tenant_${PLACEHOLDER}`,
).max(
  MAX_TEMPLATE_TEXT + PLACEHOLDER.length,
  `at most ${MAX_TEMPLATE_TEXT} characters beside ${PLACEHOLDER}: a database user has at most ${MAX_DB_USER}, a tenant id up to ${MAX_TENANT_ID}`,
);

const poolShape = mapping({
  dbUser,
  tenants: oneOrMore(text('a tenant id or a pattern with * and ?'), 'a pattern or a list of patterns').default(['*']),
  maxPerTenant: wholeNumber(1, 1_000).optional(),
  maxPerTarget: wholeNumber(1, 2_000).nullable().optional(),
  keepAlive: duration('1s', '1d').default(DEFAULT_POOL_LIMITS.keepAliveSeconds),
  margin: duration('0s', '1h').default(DEFAULT_POOL_LIMITS.marginSeconds),
  lease: duration('1s', '15m').default(DEFAULT_POOL_LIMITS.leaseSeconds),
  leaseGrace: duration('0s', '1m').default(DEFAULT_POOL_LIMITS.leaseGraceSeconds),
  waitFor: duration('0s', '15m').default(DEFAULT_POOL_LIMITS.waitSeconds),
  lifetime: duration('1m', '1d').default(DEFAULT_POOL_LIMITS.lifetimeSeconds),
  jitter: share().default(DEFAULT_POOL_LIMITS.jitter),
  metrics: mapping({ tenantDimension: z.boolean('true or false').default(false) }).prefault({}),
});

type PoolShape = z.infer<typeof poolShape>;

/** A `pool` of a target, with what its keys must be to each other. */
export const poolSchema = poolShape.superRefine(refuseConflicts);

/** The signs of a secret's name (Secrets Manager API reference, CreateSecret). */
const secret = pattern(
  /^[a-zA-Z0-9/_+=.@-]*\{tenantId\}[a-zA-Z0-9/_+=.@-]*$/,
  `the name of a tenant's secret, with ${PLACEHOLDER} exactly once, such as slotkeeper/${PLACEHOLDER}`,
).max(256, 'at most 256 characters');

/** The same on a workgroup, where the Data API takes no database user: a tenant signs in with a secret of its own. */
export const workgroupPoolSchema = mapping({ ...poolShape.shape, secret }).superRefine(refuseConflicts);

function refuseConflicts(pool: PoolShape, context: z.core.$RefinementCtx): void {
  // A key that is misspelt would be missed here as well, and told twice.
  for (const { key, expected } of context.issues.length > 0 ? [] : findConflicts(pool)) {
    context.addIssue({ code: 'custom', path: [key], message: expected });
  }
}

function* findConflicts(pool: PoolShape): Generator<{ key: keyof PoolShape; expected: string }> {
  if (pool.margin > pool.keepAlive / 2) {
    yield { key: 'margin', expected: `at most half of keepAlive (${pool.keepAlive} s)` };
  }
  if (pool.lifetime + pool.margin > SESSION_LIFETIME_SECONDS) {
    yield { key: 'lifetime', expected: `a lifetime that ends ${pool.margin} s (margin) before the service's 24 h` };
  }
  if (pool.jitter > 0.5) {
    yield { key: 'jitter', expected: 'a share of at most 50%' };
  }
}

/** The slots of a target, as far as its pool must leave some to others. */
interface Slots {
  readonly limit: number;
  readonly keepFree: number;
}

/** How the bounds of a pool and the slots of its target contradict each other. */
export function* findBoundConflicts(
  pool: PoolShape,
  slots: Slots,
): Generator<{ key: 'maxPerTenant' | 'maxPerTarget'; expected: string }> {
  const room = slots.limit - slots.keepFree;
  const { maxPerTenant, maxPerTarget } = boundsOf(pool, slots);
  if (maxPerTarget !== null && maxPerTarget > room) {
    yield { key: 'maxPerTarget', expected: `at most the ${room} slots of the target that need not stay free` };
  } else if (maxPerTenant > (maxPerTarget ?? room)) {
    yield { key: 'maxPerTenant', expected: `at most the ${maxPerTarget ?? room} sessions of the whole target` };
  }
}

/** By default tenants may together take whatever need not stay free, and the pool's own default at most. */
function boundsOf({ maxPerTenant, maxPerTarget }: PoolShape, { limit, keepFree }: Slots) {
  const most = Math.min(DEFAULT_POOL_LIMITS.maxPerTarget ?? limit, limit - keepFree);
  const perTarget = maxPerTarget === undefined ? most : maxPerTarget;
  return {
    maxPerTenant: maxPerTenant ?? Math.min(DEFAULT_POOL_LIMITS.maxPerTenant, perTarget ?? most),
    maxPerTarget: perTarget,
  };
}

export function toPoolConfig(pool: PoolShape, slots: Slots): PoolConfig {
  return {
    dbUser: pool.dbUser,
    tenants: pool.tenants,
    limits: {
      ...boundsOf(pool, slots),
      keepAliveSeconds: pool.keepAlive,
      marginSeconds: pool.margin,
      leaseSeconds: pool.lease,
      leaseGraceSeconds: pool.leaseGrace,
      waitSeconds: pool.waitFor,
      lifetimeSeconds: pool.lifetime,
      jitter: pool.jitter,
    },
    metrics: pool.metrics,
  };
}

/** Whether some tenant's database user would be this one. */
export function admitsUser(template: string, user: string): boolean {
  const [before = '', after = ''] = template.split(PLACEHOLDER);
  return user.length > before.length + after.length && user.startsWith(before) && user.endsWith(after);
}
