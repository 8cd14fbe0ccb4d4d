import { describe, expect, it } from 'vitest';
import { dataApiStatements, tenantStatements } from '../../deploy/data-api-statements.ts';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { isPooled, poolTargetOf } from '../../src/config/pool-config.ts';
import { validateConfig } from '../../src/config/review/validate-config.ts';
import { isDataApiTarget } from '../../src/config/target-config.ts';

const ARN = 'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/2a9e0c4d-5b7f-4c13-9e51-0d4f2f0f9d11';
const OWN_SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:slotkeeper/reaper-A1b2C3';

function file(more: string): string {
  return `targets:
  reports:
    { engine: redshift-serverless, workgroup: reports-1, database: dev, slots: { limit: 2000 }, policy: default${more} }
policies: { default: [{ name: everyone, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com }
`;
}

function targetsOf(more: string) {
  return Object.values(parseConfig(file(more), 'slotkeeper.yml').targets);
}

function problemsOf(more: string) {
  try {
    targetsOf(more);
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ path, expected }) => [path, expected]);
    }
    throw error;
  }
  return [];
}

const sub = (resource: string) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:${resource}` });
const here = '$' + '{AWS::Region}:$' + '{AWS::AccountId}';

const reviewOf = (schedule: string) =>
  validateConfig(file(`, schedule: ${schedule === 'null' ? schedule : `"${schedule}"`}`), 'slotkeeper.yml').filter(
    ({ code }) => code === 'workgroup-kept-awake',
  );

describe('a workgroup in slotkeeper.yml', () => {
  it('has a pool whose tenants sign in with secrets of their own', () => {
    const [target] = targetsOf(', pool: { dbUser: "tenant_{tenantId}", secret: "slotkeeper/{tenantId}" }').filter(
      isPooled,
    );
    expect(target?.pool).toMatchObject({ dbUser: 'tenant_{tenantId}', secret: 'slotkeeper/{tenantId}' });
    expect(target === undefined ? null : poolTargetOf(target)).toEqual({
      name: 'reports',
      workgroup: 'reports-1',
      database: 'dev',
      dbUserTemplate: 'tenant_{tenantId}',
      secretTemplate: 'slotkeeper/{tenantId}',
    });
  });

  it.each([
    [
      '{ dbUser: "t{tenantId}" }',
      "the name of a tenant's secret, with {tenantId} exactly once, such as slotkeeper/{tenantId}",
    ],
    [
      '{ dbUser: "t{tenantId}", secret: shared }',
      "the name of a tenant's secret, with {tenantId} exactly once, such as slotkeeper/{tenantId}",
    ],
    [
      '{ dbUser: "t{tenantId}", secret: "slotkeeper/{tenantId}" }',
      'a secret that tenant reaper does not share with Slotkeeper itself (secretArn)',
    ],
  ])('refuses the pool %s', (pool, expected) => {
    expect(problemsOf(`, secretArn: "${OWN_SECRET}", pool: ${pool}`)).toEqual([
      ['targets.reports.pool.secret', expected],
    ]);
  });

  it('keeps secrets of tenants to workgroups: a cluster is told who signs in', () => {
    const cluster = file(', pool: { dbUser: "t{tenantId}", secret: "s/{tenantId}" }').replace(
      'redshift-serverless, workgroup: reports-1',
      'redshift, cluster: reports-1',
    );
    expect(() => parseConfig(cluster, 'slotkeeper.yml')).toThrow(
      /targets\.reports\.pool\.secret: expected one of the keys/,
    );
  });

  it.each([
    ['rate(1 minute)', '1h', 100],
    ['rate(5 minutes)', '12m', 20],
    ['cron(0,1,2,3,4,5,30 * * * ? *)', '7m', 12],
  ])('is warned of %s: it is billed for %s of every hour at least', (schedule, billed, percent) => {
    const [finding, ...more] = reviewOf(schedule);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({ severity: 'warning', path: 'targets.reports.schedule', line: 3 });
    expect(finding?.expected).toBe(
      `at least 10m between two runs on average: a workgroup bills each as 1m or more, with this schedule ${billed} of every hour, also when nobody else uses it`,
    );
    expect(finding?.advice).toContain(`${percent}% of what a workgroup that never rests costs`);
  });

  it('is not told to run more often for the sake of the kept session without a word on what that costs', () => {
    const advice = validateConfig(file(', schedule: rate(2 hours)'), 'slotkeeper.yml')
      .filter(({ code }) => code === 'kept-session-dies')
      .map((finding) => finding.advice);
    expect(advice).toEqual([expect.stringMatching(/SESSION TIMEOUT .* or run more often, which costs/)]);
  });

  it.each(['rate(10 minutes)', 'rate(2 hours)', 'cron(0/15 8-18 ? * MON-FRI *)', 'null'])(
    'may have the schedule %s',
    (schedule) => {
      expect(reviewOf(schedule)).toEqual([]);
    },
  );
});

describe('the rights on a workgroup', () => {
  const rightsOn = (more: string) =>
    dataApiStatements(targetsOf(more).filter(isDataApiTarget)).map(({ Action, Resource }) => [Action[0], Resource]);

  it('are on every workgroup where only its name is known, and on exactly one where its ARN is given', () => {
    const any = sub(`redshift-serverless:${here}:workgroup/*`);
    expect(rightsOn('')).toEqual([
      ['redshift-data:ExecuteStatement', [any]],
      ['redshift-serverless:GetCredentials', [any]],
    ]);
    expect(rightsOn(`, workgroupArn: "${ARN}"`)).toEqual([
      ['redshift-data:ExecuteStatement', [ARN]],
      ['redshift-serverless:GetCredentials', [ARN]],
    ]);
    expect(rightsOn(`, workgroupArn: "${ARN}", secretArn: "${OWN_SECRET}"`)).toEqual([
      ['redshift-data:ExecuteStatement', [ARN]],
      ['secretsmanager:GetSecretValue', OWN_SECRET],
    ]);
  });

  it("are for tenants on tenants' secrets only", () => {
    const pooled = targetsOf(
      `, workgroupArn: "${ARN}", pool: { dbUser: "t{tenantId}", secret: "slotkeeper/{tenantId}" }`,
    );
    expect(tenantStatements(pooled.filter(isPooled)).map(({ Action, Resource }) => [Action[0], Resource])).toEqual([
      ['redshift-data:ExecuteStatement', [ARN]],
      ['secretsmanager:GetSecretValue', [sub(`secretsmanager:${here}:secret:slotkeeper/*-??????`)]],
    ]);
  });

  it('are none without a target', () => {
    expect(dataApiStatements([])).toEqual([]);
  });
});
