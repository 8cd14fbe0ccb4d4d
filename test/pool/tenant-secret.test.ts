import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { secretOfUser, tenantOfSecret, userOfSecret } from '../../src/pool/tenant-secret.ts';

const target = {
  name: 'reports',
  workgroup: 'reports-1',
  database: 'dev',
  dbUserTemplate: 'tenant_{tenantId}_ro',
  secretTemplate: 'slotkeeper/{tenantId}/reports',
};

const ARN = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:';

describe("a tenant's secret on a workgroup", () => {
  it('is found by the database user, and the user by it, for every tenant', () => {
    const tenantId = fc.stringMatching(/^[a-z0-9][a-z0-9_.$-]{0,39}$/);
    fc.assert(
      fc.property(tenantId, (tenant) => {
        const user = `tenant_${tenant}_ro`;
        const secret = secretOfUser(target, user);
        expect(secret).toBe(`slotkeeper/${tenant}/reports`);
        expect(userOfSecret(target, secret)).toBe(user);
        expect(userOfSecret(target, `${ARN}${secret}-A1b2C3`)).toBe(user);
      }),
    );
  });

  it('is nobody else’s', () => {
    expect(userOfSecret(target, 'slotkeeper/reaper')).toBeNull();
    expect(userOfSecret(target, `${ARN}other/acme/reports-A1b2C3`)).toBeNull();
    expect(tenantOfSecret('slotkeeper/{tenantId}', 'slotkeeper/')).toBeNull();
    expect(() => secretOfUser(target, 'awsuser')).toThrow(
      "Expected a database user of target 'reports' of the form tenant_{tenantId}_ro, got 'awsuser'.",
    );
  });
});
