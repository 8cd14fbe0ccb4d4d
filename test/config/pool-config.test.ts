import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { PoolConfig } from '../../src/config/pool-config.ts';
import { DEFAULT_POOL_LIMITS, poolLimits } from '../../src/pool/pool-limits.ts';

function parse(pool: string, target = 'slots: { limit: 100, keepFree: 10 }') {
  return parseConfig(
    `targets:
  prod: { engine: redshift, cluster: local, database: dev, ${target}, policy: default, pool: ${pool} }
policies: { default: [{ name: everyone, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com }
`,
    'slotkeeper.yml',
  );
}

function poolOf(pool: string, target?: string): PoolConfig {
  const found = parse(pool, target).targets['prod']?.pool;
  if (found === undefined || found === null) {
    throw new Error('expected the target to have a pool');
  }
  return found;
}

function problemsOf(pool: string, target?: string) {
  try {
    parse(pool, target);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ path, expected, line }) => ({ path, expected, line }));
    }
    throw error;
  }
  throw new Error('expected InvalidConfig');
}

describe('the pool of a target', () => {
  it('fills in the defaults, within the slots that need not stay free', () => {
    expect(poolOf('{ dbUser: "tenant_{tenantId}" }')).toEqual({
      dbUser: 'tenant_{tenantId}',
      tenants: ['*'],
      limits: { ...DEFAULT_POOL_LIMITS, maxPerTarget: 90 },
      metrics: { tenantDimension: false },
    });
    expect(poolOf('{ dbUser: "t{tenantId}" }', 'slots: { limit: 2000 }').limits.maxPerTarget).toBe(200);
    expect(poolOf('{ dbUser: "t{tenantId}" }', 'slots: { limit: 3 }').limits).toMatchObject({
      maxPerTenant: 3,
      maxPerTarget: 3,
    });
  });

  it('is the only target of its cluster: runs of another would not know whose sessions are leased', () => {
    const twice = `slots: { limit: 100 }, policy: default }
  other: { engine: redshift, cluster: local, database: more, slots: { limit: 100 }`;
    expect(problemsOf('{ dbUser: "t{tenantId}" }', twice)).toEqual([
      {
        path: 'targets.prod.cluster',
        expected: 'a cluster other than that of other, whose pool has sessions there that runs for prod would not know',
        line: 2,
      },
    ]);
    expect(() => parse('{ dbUser: "t{tenantId}" }', twice.replace('cluster: local', 'cluster: another'))).not.toThrow();
  });

  it('reads every key', () => {
    expect(
      poolOf(`{ dbUser: "app.{tenantId}-ro", tenants: [acme, "shop-*"], maxPerTenant: 8, maxPerTarget: null,
        keepAlive: 10m, margin: 5s, lease: 30s, leaseGrace: 1s, waitFor: 0s, lifetime: 12h, jitter: 25%,
        metrics: { tenantDimension: true } }`),
    ).toEqual({
      dbUser: 'app.{tenantId}-ro',
      tenants: ['acme', 'shop-*'],
      limits: {
        maxPerTenant: 8,
        maxPerTarget: null,
        keepAliveSeconds: 600,
        marginSeconds: 5,
        leaseSeconds: 30,
        leaseGraceSeconds: 1,
        waitSeconds: 0,
        lifetimeSeconds: 43_200,
        jitter: 0.25,
      },
      metrics: { tenantDimension: true },
    });
  });

  it.each([
    ['{ dbUser: tenant }', 'dbUser', '{tenantId} exactly once'],
    ['{ dbUser: "{tenantId}" }', 'dbUser', 'begins with a lower-case letter'],
    ['{ dbUser: "a{tenantId}b{tenantId}" }', 'dbUser', '{tenantId} exactly once'],
    ['{ dbUser: "Tenant_{tenantId}" }', 'dbUser', 'begins with a lower-case letter'],
    ['{ dbUser: "IAM:{tenantId}" }', 'dbUser', 'begins with a lower-case letter'],
    [`{ dbUser: "${'a'.repeat(25)}{tenantId}" }`, 'dbUser', 'at most 24 characters beside {tenantId}'],
    ['{ dbUser: "t{tenantId}", tenants: [] }', 'tenants', 'at least one'],
    ['{ dbUser: "t{tenantId}", maxPerTenant: 0 }', 'maxPerTenant', 'a whole number from 1 to 1000'],
    ['{ dbUser: "t{tenantId}", maxPerTarget: 91 }', 'maxPerTarget', 'at most the 90 slots of the target'],
    ['{ dbUser: "t{tenantId}", maxPerTarget: 4, maxPerTenant: 5 }', 'maxPerTenant', 'at most the 4 sessions'],
    ['{ dbUser: "t{tenantId}", maxPerTarget: null, maxPerTenant: 91 }', 'maxPerTenant', 'at most the 90 sessions'],
    ['{ dbUser: "t{tenantId}", keepAlive: 25h }', 'keepAlive', 'a duration from 1s to 1d'],
    ['{ dbUser: "t{tenantId}", keepAlive: 10s, margin: 6s }', 'margin', 'at most half of keepAlive (10 s)'],
    ['{ dbUser: "t{tenantId}", lifetime: 1d }', 'lifetime', 'a lifetime that ends 10 s (margin) before'],
    ['{ dbUser: "t{tenantId}", jitter: 51% }', 'jitter', 'a share of at most 50%'],
    ['{ dbUser: "t{tenantId}", lease: 20m }', 'lease', 'a duration from 1s to 15m'],
    ['{ dbUser: "t{tenantId}", maxPerTenat: 3 }', 'maxPerTenat', 'one of the keys dbUser, tenants, maxPerTenant'],
  ])('refuses %s', (pool, key, expected) => {
    expect(problemsOf(pool)).toEqual([
      { path: `targets.prod.pool.${key}`, line: 2, expected: expect.stringContaining(expected) },
    ]);
  });

  it('refuses a template by which a tenant would sign in as Slotkeeper itself', () => {
    const slots = 'slots: { limit: 100 }';
    expect(problemsOf('{ dbUser: "aws{tenantId}" }', `dbUser: awsuser, ${slots}`)).toEqual([
      { path: 'targets.prod.pool.dbUser', line: 2, expected: expect.stringContaining('turns into awsuser') },
    ]);
    expect(poolOf('{ dbUser: "awsuser{tenantId}" }', `dbUser: awsuser, ${slots}`).dbUser).toBe('awsuser{tenantId}');
  });

  it('only lets limits through that the pool itself takes', () => {
    const spec = fc.record({
      keepAlive: fc.integer({ min: 1, max: 90_000 }),
      margin: fc.integer({ min: 0, max: 4_000 }),
      lifetime: fc.integer({ min: 1, max: 90_000 }),
      jitter: fc.integer({ min: 0, max: 100 }),
      lease: fc.integer({ min: 1, max: 1_000 }),
      waitFor: fc.integer({ min: 0, max: 1_000 }),
      maxPerTenant: fc.integer({ min: 0, max: 120 }),
    });
    let accepted = 0;
    fc.assert(
      fc.property(spec, ({ keepAlive, margin, lifetime, jitter, lease, waitFor, maxPerTenant }) => {
        const text = `{ dbUser: "t{tenantId}", keepAlive: ${keepAlive}s, margin: ${margin}s, lifetime: ${lifetime}s,
          jitter: ${jitter}%, lease: ${lease}s, waitFor: ${waitFor}s, maxPerTenant: ${maxPerTenant} }`;
        let pool: PoolConfig;
        try {
          pool = poolOf(text);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConfig);
          return;
        }
        accepted += 1;
        expect(poolLimits(pool.limits)).toEqual(pool.limits);
      }),
      { numRuns: 300, seed: 7 },
    );
    expect(accepted).toBeGreaterThan(20);
  });
});
