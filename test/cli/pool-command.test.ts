import { describe, expect, it } from 'vitest';
import { poolDocument } from '../../src/cli/json/pool-document.ts';
import type { PoolConfig } from '../../src/config/pool-config.ts';
import { DEFAULT_POOL_LIMITS } from '../../src/pool/pool-limits.ts';
import type { PooledSessionRecord } from '../../src/pool/pooled-session.ts';
import { availableSession, creatingSession, exampleKey, openedSession } from '../pool/example-pooled-session.ts';
import { exampleTarget } from '../support/example-target.ts';
import { fakeCli } from './fake-cli.ts';

const POOL: PoolConfig = {
  dbUser: 'tenant_{tenantId}',
  tenants: ['*'],
  limits: { ...DEFAULT_POOL_LIMITS, maxPerTenant: 5, maxPerTarget: 50 },
  metrics: { tenantDimension: false },
};

/** The example records begin at 15:00:00, which is also the command's present moment. */
const EARLIER = '2026-11-20T14:57:30.000Z';

async function cliWith(...records: readonly PooledSessionRecord[]) {
  const cli = fakeCli({ targets: [exampleTarget({ pool: POOL })] });
  for (const record of records) {
    await cli.poolTable.saveSession({ ...record, version: 1 });
  }
  return cli;
}

const beta = exampleKey({ tenant: 'beta', dbUser: 'tenant_beta' });

/** Two tenants: one with a warm session, one that died and an ended one; one with a session under way. */
async function busyCli() {
  const dead = openedSession(creatingSession(exampleKey(), 1));
  const cli = await cliWith(
    { ...availableSession(openedSession(creatingSession(exampleKey(), 0))), uses: 40 },
    {
      ...dead,
      uses: 9,
      lease: dead.lease && { ...dead.lease, until: '2026-11-20T14:58:00.000Z' },
      events: dead.events.map((event) => ({ ...event, at: EARLIER })),
    },
    { ...availableSession(openedSession(creatingSession(exampleKey(), 2))), uses: 1, state: 'ended' as const },
    creatingSession(beta, 0),
  );
  await cli.poolTable.joinLine(beta, { holder: 'one', until: '2026-11-20T15:00:05.000Z' });
  await cli.poolTable.joinLine(beta, { holder: 'two', until: '2026-11-20T14:59:59.000Z' });
  return cli;
}

describe('slotkeeper pool', () => {
  it('shows per tenant the sessions by state, the hits, the oldest lease and who waits', async () => {
    const { exitCode, out } = await (await busyCli()).run('pool');
    expect(exitCode).toBe(0);
    expect(out.split('\n')).toEqual([
      'target    analytics, stage test',
      'seen      2026-11-20 15:00:00Z',
      'limits    5 sessions of a tenant, 50 of all',
      'sessions  3 = 1 creating + 1 available + 1 leased',
      'waiting   1',
      'hits      94% of 50 statements found a session open',
      '',
      'TENANT  USER         SESSIONS                    WAITING  STATEMENTS  HITS  OLDEST LEASE',
      'acme    tenant_acme  2 = 1 available + 1 leased        0          50   94%  2m 30s (query, over since 2m)',
      'beta    tenant_beta  1 = 1 creating                    1           0     -  0s (query)',
    ]);
  });

  it('prints one valid document with --json, whose sums add up', async () => {
    const { out } = await (await busyCli()).run('pool', '--json');
    const document = poolDocument.parse(JSON.parse(out));
    expect(document).toMatchObject({
      limits: { maxPerTenant: 5, maxPerTarget: 50 },
      total: {
        sessions: { creating: 1, available: 1, leased: 1, draining: 0 },
        waiting: 1,
        statements: 50,
        hits: 47,
        hitRate: 0.94,
      },
      tenants: [
        {
          tenant: 'acme',
          oldestLease: { since: EARLIER, until: '2026-11-20T14:58:00.000Z', use: 'query', over: true },
          // 39 of 40, 8 of 9, and the first of the ended session.
          statements: 50,
          hits: 47,
        },
        { tenant: 'beta', statements: 0, hits: 0, hitRate: null, oldestLease: { over: false } },
      ],
    });
  });

  it('shows no SessionId and no holder', async () => {
    const { out } = await (await busyCli()).run('pool', '--json');
    expect(out).not.toMatch(/0d5b8f0e|container-1/);
  });

  it('shows an empty pool as such', async () => {
    const { out } = await (await cliWith()).run('pool');
    expect(out.split('\n').slice(2)).toEqual([
      'limits    5 sessions of a tenant, 50 of all',
      'sessions  0',
      'waiting   0',
      'hits      - of 0 statements found a session open',
    ]);
  });

  it('refuses a target that tenants do not query', async () => {
    const { exitCode, err } = await fakeCli().run('pool');
    expect(exitCode).toBe(20);
    expect(err).toContain('Expected target analytics to have a pool in slotkeeper.yml, but it has none');
  });
});
