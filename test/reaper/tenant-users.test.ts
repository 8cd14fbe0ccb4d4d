import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolKeyOf } from '../../src/pool/pool-key.ts';
import { isShownAs, tenantShownAs } from '../../src/reaper/pooled/tenant-users.ts';
import { POOL } from '../support/pooled-world.ts';

const LONG = { ...POOL, dbUser: 'our_tenants_name_{tenantId}_ro' };

describe('the user of a tenant, as the server shows it', () => {
  it.each([
    ['tenant_acme', { tenant: 'acme' }],
    ['IAM:tenant_acme', { tenant: 'acme' }],
    ['IAMA:tenant_acme', { tenant: 'acme' }],
    ['Tenant_Acme', { tenant: 'acme' }],
    ['tenant_', null],
    ['tenant_-x', null],
    ['tenant_a#b', null],
    ['my_tenant_acme', null],
    ['IAMR:tenant_acme', null],
    [`tenant_${'x'.repeat(41)}`, null],
  ])('%s belongs to %j', (shown, expected) => {
    expect(tenantShownAs(POOL, shown)).toEqual(expected);
  });

  it('belongs to nobody when the pool does not know such tenants', () => {
    const some = { ...POOL, tenants: ['big-*', 'acme'] };
    expect(tenantShownAs(some, 'tenant_big-one')).toEqual({ tenant: 'big-one' });
    expect(tenantShownAs(some, 'tenant_acme')).toEqual({ tenant: 'acme' });
    expect(tenantShownAs(some, 'tenant_small')).toBeNull();
  });

  it('is unclear, but known by its item, where the server cut it', () => {
    const dbUser = `our_tenants_name_${'x'.repeat(33)}_ro`;
    const shown = dbUser.slice(0, 50);
    expect(tenantShownAs(LONG, shown)).toBe('unclear');
    expect(isShownAs(dbUser, shown)).toBe(true);
    expect(isShownAs(dbUser, dbUser)).toBe(true);
    expect(isShownAs(`our_tenants_name_${'x'.repeat(32)}_ro`, shown)).toBe(false);
  });

  it('leads back to the tenant, for every tenant and template', () => {
    const letters = fc.stringMatching(/^[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?$/);
    const template = fc.constantFrom('tenant_{tenantId}', '{tenantId}', '{tenantId}_ro', 't-{tenantId}-x');
    const prefix = fc.constantFrom('', 'IAM:', 'IAMA:');
    fc.assert(
      fc.property(letters, template, prefix, (tenant, dbUser, before) => {
        const target = { name: 'prod', cluster: 'c', database: 'dev', dbUserTemplate: dbUser };
        const user = poolKeyOf(target, tenant).dbUser;
        const shown = (before + user).slice(0, 50);
        expect(isShownAs(user, shown)).toBe(true);
        expect(tenantShownAs({ ...POOL, dbUser }, shown)).toEqual(shown.length < 50 ? { tenant } : 'unclear');
      }),
    );
  });
});
