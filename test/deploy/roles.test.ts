import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fromConfig } from '../../deploy/from-config.ts';
import { KEYS } from '../../deploy/function-rights.ts';
import { poolPartition } from '../../src/session-table/pool-item-keys.ts';
import { actionsOf, arn, ONE_CLUSTER, serverOnly, statementFor, statementsOf, THREE_ENGINES } from './stack-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-roles-'));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = fromConfig(THREE_ENGINES, 'dev');
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'];

describe('the roles of the stack', () => {
  it('are one per function, but for those whose Data API statements must have one owner', () => {
    expect(Object.fromEntries(Object.entries(whole.functions).map(([key, { role }]) => [key, role]))).toEqual({
      beginRun: 'BeginRunRole',
      publishNotice: 'PublishNoticeRole',
      recordNotice: 'RecordNoticeRole',
      recordNoticeFailure: 'RecordNoticeFailureRole',
      finishRun: 'FinishRunRole',
      submitSessionQuery: 'ReaperRole',
      planActions: 'ReaperRole',
      submitTermination: 'ReaperRole',
      submitOutcomeQuery: 'ReaperRole',
      recordOutcomes: 'ReaperRole',
      failRun: 'ReaperRole',
      planPostgresActions: 'PlanPostgresActionsRole',
      endPostgresSessions: 'EndPostgresSessionsRole',
      recordPostgresOutcomes: 'RecordPostgresOutcomesRole',
      runQuery: 'TenantQueryRole',
      queryOverHttp: 'TenantQueryRole',
      releaseSession: 'TenantQueryRole',
      sweepPools: 'TenantQueryRole',
      snoozeSession: 'SnoozeSessionRole',
    });
  });

  it('of the reaper is on exactly the cluster, the workgroup and their ways to sign in', () => {
    const targets = statementsOf(whole, 'ReaperRole').filter(({ Action }) =>
      Action.some((action) => /:(ExecuteStatement|Get(Cluster)?Credentials.*|GetSecretValue)$/.test(action)),
    );
    expect(targets.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [
        ['redshift-data:ExecuteStatement'],
        [
          arn('redshift', 'cluster:analytics-1'),
          'arn:aws:redshift-serverless:eu-west-1:123456789012:workgroup/0a1b2c3d-0000-4000-8000-000000000001',
        ],
      ],
      [
        ['redshift:GetClusterCredentials'],
        [arn('redshift', 'dbname:analytics-1/dev'), arn('redshift', 'dbuser:analytics-1/slotkeeper')],
      ],
      [['secretsmanager:GetSecretValue'], 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:reports-a1b2c3'],
    ]);
  });

  it('of the reaper lets only the state machine invoke, and only two functions speak', () => {
    const invoke = statementFor(whole, 'ReaperRole', 'lambda:InvokeFunction');
    expect(invoke.Condition).toEqual({ Null: { 'lambda:SourceFunctionArn': 'true' } });
    expect(invoke.Resource).toContainEqual(arn('lambda', 'function:slotkeeper-dev-submitTermination'));
    expect(invoke.Resource).toHaveLength(11);
    const speaking = ['planActions', 'failRun'].map((key) => arn('lambda', `function:slotkeeper-dev-${key}`));
    for (const action of ['sns:Publish', 'events:PutEvents']) {
      expect(statementFor(whole, 'ReaperRole', action).Condition).toMatchObject({
        ArnEquals: { 'lambda:SourceFunctionArn': speaking },
      });
    }
  });

  it.each([
    ['BeginRunRole', ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']],
    ['RecordNoticeRole', ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:PutItem']],
    ['RecordNoticeFailureRole', ['dynamodb:GetItem', 'dynamodb:PutItem']],
    [
      'PublishNoticeRole',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'kms:Decrypt',
        'kms:GenerateDataKey*',
        'secretsmanager:GetSecretValue',
        'sns:GetSubscriptionAttributes',
        'sns:ListSubscriptionsByTopic',
        'sns:Publish',
      ],
    ],
    [
      'FinishRunRole',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'events:PutEvents',
        'kms:Decrypt',
        'kms:GenerateDataKey*',
        'sns:Publish',
      ],
    ],
    [
      'SnoozeSessionRole',
      [
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'events:PutEvents',
        'secretsmanager:GetSecretValue',
      ],
    ],
  ])('%s may do that, and write its own log and trace', (role, actions) => {
    expect(actionsOf(whole, role)).toEqual([...actions, ...LOG].sort());
  });

  it('keep backends, runs and notices from the functions of tenants, and sessions from everybody else', () => {
    const keysOf = (role: string, action: string) =>
      statementFor(whole, role, action).Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
    expect(keysOf('TenantQueryRole', 'dynamodb:PutItem')).toEqual(['TENANT#*', 'POOL#*']);
    expect(keysOf('BeginRunRole', 'dynamodb:PutItem')).toEqual(['TARGET#*']);
    expect(keysOf('SnoozeSessionRole', 'dynamodb:PutItem')).toEqual(['TARGET#*', 'SNOOZES#*']);
    const key = { tenant: 'acme', target: 'local', database: 'dev', dbUser: 'tenant_acme' };
    expect(poolPartition(key).startsWith(KEYS.tenant.slice(0, -1))).toBe(true);
  });

  it('give the key of links to the function that writes them and the one that answers them only', () => {
    const readers = Object.keys(whole.resources.Resources).filter(
      (id) =>
        whole.resources.Resources[id]?.Type === 'AWS::IAM::Role' &&
        JSON.stringify(statementsOf(whole, id)).includes('SnoozeKey'),
    );
    expect(readers).toEqual(['PublishNoticeRole', 'SnoozeSessionRole']);
  });

  it("let tenants' functions sign in as tenants' users only", () => {
    const sign = statementFor(whole, 'TenantQueryRole', 'redshift:GetClusterCredentials');
    expect(sign.Resource).toEqual([
      arn('redshift', 'dbname:analytics-1/dev'),
      arn('redshift', 'dbuser:analytics-1/tenant_*'),
    ]);
    expect(statementFor(whole, 'TenantQueryRole', 'redshift-data:ExecuteStatement').Resource).toEqual([
      arn('redshift', 'cluster:analytics-1'),
    ]);
    expect(Object.keys(fromConfig(ONE_CLUSTER, 'dev').resources.Resources)).not.toContain('TenantQueryRole');
  });

  it('let the functions that connect to servers sign in as their users, and Lambda alone make their interfaces', () => {
    expect(statementFor(whole, 'PlanPostgresActionsRole', 'rds-db:connect').Resource).toEqual(
      arn('rds-db', 'dbuser:*/keeper'),
    );
    const network = statementsOf(whole, 'EndPostgresSessionsRole').filter(({ Action }) =>
      Action.includes('ec2:CreateNetworkInterface'),
    );
    expect(network.map(({ Effect, Condition }) => [Effect, Condition])).toEqual([
      ['Allow', undefined],
      [
        'Deny',
        { ArnEquals: { 'lambda:SourceFunctionArn': [arn('lambda', 'function:slotkeeper-dev-endPostgresSessions')] } },
      ],
    ]);
    const apart = fromConfig('test/fixtures/postgres.yml', 'dev');
    expect(statementFor(apart, 'PlanPostgresActionsRole', 'secretsmanager:GetSecretValue').Resource).toBe(
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-a1b2c3',
    );
    expect(statementFor(apart, 'PlanPostgresActionsRole', 'rds-db:connect').Resource).toEqual(
      arn('rds-db', 'dbuser:*/keeper', 'eu-west-1'),
    );
  });

  it('leave out the Data API where no target has one', () => {
    const server = fromConfig(serverOnly(folder), 'dev');
    expect(server.functions['failRun']?.role).toBe('FailRunRole');
    expect(JSON.stringify(server.resources)).not.toContain('redshift');
    expect(actionsOf(server, 'PlanPostgresActionsRole').filter((action) => action.startsWith('ec2:'))).toEqual([]);
  });

  it('have a `*` only where the source says why', () => {
    const reasons = [
      'code-statements',
      'machine-statements',
      'postgres-statements',
      'roles',
      'all-roles',
      'topics',
      'data-api-statements',
    ]
      .map((file) => readFileSync(`deploy/${file}.ts`, 'utf8'))
      .join('\n');
    const roles = Object.keys(whole.resources.Resources).filter(
      (id) => whole.resources.Resources[id]?.Type === 'AWS::IAM::Role',
    );
    const open = roles.flatMap((id) =>
      statementsOf(whole, id).filter(({ Effect, Resource }) => Effect === 'Allow' && Resource === '*'),
    );
    const actions = [...new Set(open.flatMap(({ Action }) => Action))];
    expect([...new Set(actions.map((action) => action.split(':')[0]))].sort()).toEqual([
      'ec2',
      'logs',
      'redshift-data',
      'sns',
      'xray',
    ]);
    expect(actions.filter((action) => !reasons.includes(`'${action}'`))).toEqual([]);
    expect(reasons.match(/\/\/ `\*`:/g)?.length).toBeGreaterThanOrEqual(8);
  });
});
