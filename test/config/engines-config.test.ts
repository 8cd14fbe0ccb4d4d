import { describe, expect, it } from 'vitest';
import { describeTarget } from '../../src/config/describe-target.ts';
import { InvalidConfig } from '../../src/config/invalid-config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-a1';

function file(target: string): string {
  return `targets:
  prod: { ${target}, slots: { limit: 100 }, policy: default }
policies: { default: [{ name: everyone, terminateAfter: 1h }] }
notices: { defaultOwner: team@example.com }
`;
}

function read(target: string) {
  return parseConfig(file(target), 'slotkeeper.yml').targets['prod'];
}

function problemsOf(target: string) {
  try {
    read(target);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfig) {
      return error.problems.map(({ path, expected, hint }) => ({ path, expected, hint }));
    }
    throw error;
  }
}

const POSTGRES = 'engine: postgres, host: db.example.com, database: orders, user: slotkeeper';

describe('a target of slotkeeper.yml', () => {
  it('may be a workgroup', () => {
    const target = read('engine: redshift-serverless, workgroup: reports-1, database: dev');
    expect(target).toMatchObject({
      engine: 'redshift-serverless',
      workgroup: 'reports-1',
      workgroupArn: null,
      secretArn: null,
      pool: null,
    });
    expect(target).not.toHaveProperty('policy');
  });

  it('may be a PostgreSQL server, by password or by token, verified unless told otherwise', () => {
    expect(read(`${POSTGRES}, auth: { kind: secret, secretArn: '${SECRET}' }`)).toMatchObject({
      engine: 'postgres',
      host: 'db.example.com',
      port: 5432,
      user: 'slotkeeper',
      auth: { kind: 'secret', secretArn: SECRET },
      tls: { mode: 'verify-full', ca: null },
      vpc: null,
      pool: null,
    });
    expect(
      read(
        `${POSTGRES}, port: 6432, auth: { kind: iam }, tls: { mode: verify-full, ca: certs/rds.pem }, vpc: { subnetIds: [subnet-0123456789abcdef0], securityGroupIds: [sg-0123abcd] }`,
      ),
    ).toMatchObject({
      port: 6432,
      auth: { kind: 'iam', region: null },
      tls: { mode: 'verify-full', ca: 'certs/rds.pem' },
      vpc: { subnetIds: ['subnet-0123456789abcdef0'], securityGroupIds: ['sg-0123abcd'] },
    });
  });

  it.each([
    ['engine: redshift, cluster: analytics-1, database: dev', 'cluster analytics-1'],
    ['engine: redshift-serverless, workgroup: reports-1, database: dev', 'workgroup reports-1'],
    [`${POSTGRES}, auth: { kind: iam }`, 'server db.example.com:5432'],
  ])('%s is called %s', (target, words) => {
    const read_ = read(target);
    expect(read_ === undefined ? null : describeTarget(read_)).toBe(words);
  });

  it.each([
    ['engine: mysql', 'targets.prod.engine', 'one of the engines redshift, redshift-serverless, postgres'],
    ['cluster: analytics', 'targets.prod.engine', 'one of the engines redshift, redshift-serverless, postgres'],
    [
      'engine: redshift-serverless, workgroup: ab, database: dev',
      'targets.prod.workgroup',
      'the name of a workgroup: 3 to 64 lower-case letters, digits and hyphens',
    ],
    [
      'engine: redshift-serverless, workgroup: reports-1, database: dev, dbUser: slotkeeper',
      'targets.prod.dbUser',
      'no dbUser: a workgroup has none to give. Leave it out, and IAM maps the role that asks to a database user; or name a secret with a user and its password (secretArn)',
    ],
    [
      'engine: redshift-serverless, workgroup: reports-1, workgroupArn: "arn:aws:redshift:eu-west-1:123456789012:cluster:reports-1", database: dev',
      'targets.prod.workgroupArn',
      "a workgroup's ARN, which ends in its id: arn:aws:redshift-serverless:<region>:<account>:workgroup/<id>",
    ],
    [`${POSTGRES}, auth: { kind: url-password }`, 'targets.prod.auth.kind', 'secret or iam'],
    [POSTGRES, 'targets.prod.auth', 'how to sign in: { kind: secret, secretArn } or { kind: iam }'],
    [
      `${POSTGRES}, auth: { kind: iam }, tls: { mode: off }`,
      'targets.prod.tls.mode',
      'verify-full: without TLS only servers of this machine are spoken to (localhost, 127.0.0.1, ::1)',
    ],
    [
      'engine: postgres, host: "slotkeeper@db/orders", database: orders, user: a, auth: { kind: iam }',
      'targets.prod.host',
      'a host name or address, without a port',
    ],
  ])('is refused as %s, with what was expected at %s', (target, path, expected) => {
    expect(problemsOf(target)).toContainEqual({ path, expected, hint: null });
  });

  it.each(['localhost', '127.0.0.1', '"::1"'])('may do without TLS on %s', (host) => {
    const target = `engine: postgres, host: ${host}, database: orders, user: a, auth: { kind: iam }, tls: { mode: off }`;
    expect(read(target)).toMatchObject({ tls: { mode: 'off' } });
  });

  it.each([
    ['engine: redshift, cluser: a, database: dev', "did you mean 'cluster'?"],
    ['engine: redshift-serverless, workgrop: abc, database: dev', "did you mean 'workgroup'?"],
    [`${POSTGRES}, auth: { kind: secret, secretArm: x }`, "did you mean 'secretArn'?"],
  ])('is told the keys of its own engine: %s', (target, hint) => {
    expect(problemsOf(target).map((problem) => problem.hint)).toContain(hint);
  });
});
