import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { poolKeyOf } from '../../src/pool/pool-key.ts';
import { DEFAULT_POOL_LIMITS } from '../../src/pool/pool-limits.ts';
import { poolPartition, targetSlotsPartition } from '../../src/session-table/pool-item-keys.ts';

const page = readFileSync('docs/tenants.md', 'utf8');
const blocks = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => JSON.parse(match[1] ?? ''));
const policy = blocks.find((block) => block.Statement !== undefined);
const byId = Object.fromEntries(policy.Statement.map((statement: { Sid: string }) => [statement.Sid, statement]));

describe('the IAM policy of docs/tenants.md', () => {
  it("pins the tenant to the items that its own pool writes, and to the target's numbered slots", () => {
    const target = { name: 'prod', cluster: 'analytics', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };
    expect(byId['OwnItems'].Condition['ForAllValues:StringEquals']['dynamodb:LeadingKeys']).toEqual([
      poolPartition(poolKeyOf(target, 'acme')),
      targetSlotsPartition('prod'),
    ]);
  });

  it("keeps the index of all tenants' sessions from it, and so does not advise the sweep, which reads that", () => {
    const tables = Object.values<{ Action: string | string[]; Resource: string }>(byId).filter(({ Action }) =>
      JSON.stringify(Action).includes('dynamodb:'),
    );
    expect(tables.map(({ Resource }) => Resource)).toEqual([
      expect.stringMatching(/:table\/slotkeeper-prod-sessions$/),
    ]);
    expect(page).toContain('It needs no `sweep`');
  });

  it('lets it sign in as its own user only, and touch its own sessions and statements only', () => {
    expect(byId['OwnUser'].Resource.filter((arn: string) => arn.includes(':dbuser:'))).toEqual([
      expect.stringMatching(/:dbuser:analytics\/tenant_acme$/),
    ]);
    const pinned = Object.values<{ Action: string | string[]; Condition: unknown }>(byId).filter(({ Action }) =>
      JSON.stringify(Action).includes('redshift-data:'),
    );
    expect(pinned).toHaveLength(3);
    for (const { Condition } of pinned) {
      expect(JSON.stringify(Condition)).toMatch(
        /"redshift-data:(session|statement)-owner-iam-userid":"\$\{aws:userid\}"/,
      );
    }
  });
});

describe('docs/tenants.md', () => {
  it.each([
    'BadRequest',
    'TenantUnknown',
    'PoolExhausted',
    'StatementFailed',
    'QueryTimedOut',
    'SessionLost',
    'ResultTooLarge',
  ])('explains the error %s', (name) => {
    expect(page).toContain(`| \`${name}\` |`);
  });

  it('shows an import with limits that are the defaults, so that copies agree with the configuration', () => {
    const { maxPerTenant, maxPerTarget, keepAliveSeconds } = DEFAULT_POOL_LIMITS;
    expect(page).toContain(
      `limits: { maxPerTenant: ${maxPerTenant}, maxPerTarget: ${maxPerTarget}, keepAliveSeconds: ${keepAliveSeconds} }`,
    );
  });
});
