import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromConfig } from '../../deploy/from-config.ts';
import { vpcOf } from '../../deploy/postgres-statements.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { statementName } from '../../src/pool/statement-name.ts';
import { snoozeCountKey, targetPartition } from '../../src/session-table/item-keys.ts';
import { livePoolPartition, poolPartition, targetSlotsPartition } from '../../src/session-table/pool-item-keys.ts';
import { sessionTableSchema } from '../../src/session-table/session-table-schema.ts';
import { creatingSession } from '../pool/example-pooled-session.ts';

const ROOT = new URL('../../', import.meta.url);
// The CloudFormation tags (!Ref, !Sub, !GetAtt) are read as their plain values: only names and keys are looked at here.
const service = parse(readFileSync(new URL('serverless.yml', ROOT), 'utf8'), { logLevel: 'silent' });
const asl = ['redshift', 'postgres']
  .map((engine) => readFileSync(new URL(`state-machines/reap-${engine}-sessions.asl.json`, ROOT), 'utf8'))
  .join('\n');

/** `begin-run.ts` → `beginRun`, the key of its function. */
const keyOf = (file: string) => file.replace('.ts', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** A Redshift ARN of the account and region that the stack is deployed to. */
const arn = (resource: string) => ({
  'Fn::Sub': `arn:${['Partition', ':redshift:', 'Region', ':', 'AccountId', ':'].map((part) => (part.startsWith(':') ? part : `\${AWS::${part}}`)).join('')}${resource}`,
});

describe('serverless.yml', () => {
  it('has one function per file of functions/, under its key and with its handler', () => {
    const files = readdirSync(new URL('functions/', ROOT)).filter((file) => file.endsWith('.ts'));
    const handlers = Object.fromEntries(
      files.map((file) => [keyOf(file), `functions/${file.replace('.ts', '.handler')}`]),
    );
    const declared = Object.fromEntries(
      Object.entries<{ handler: string }>(service.functions).map(([key, { handler }]) => [key, handler]),
    );
    expect(declared).toEqual(handlers);
  });

  it('has every function that the state machine invokes', () => {
    const invoked = [...asl.matchAll(/"Fn::GetAtt":\s*\[\s*"(\w+)"/g)].map((match) => match[1]);
    expect(invoked.length).toBeGreaterThan(0);
    expect(Object.keys(service.functions)).toEqual(expect.arrayContaining(invoked));
  });

  it('declares the table that the adapter works with', () => {
    const { Properties } = service.resources.Resources.SessionTable;
    const { TableName: _, ...schema } = sessionTableSchema('any');
    expect(Properties).toMatchObject(schema);
    expect(Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'ttl', Enabled: true });
  });

  it('gives functions and state machine one role, which owns what it submits to the Data API', () => {
    expect(service.provider.iam.role).toBe('ReaperRole.Arn');
    expect(service.stepFunctions.stateMachines.reapRedshiftSessions.role).toBe('ReaperRole.Arn');
  });
});

/** The actions of the AWS commands that these files of src/ send, by the names that IAM has for them. */
function actionsSentBy(files: readonly string[]): string[] {
  const actions = files.flatMap((file) => {
    const source = readFileSync(new URL(`src/${file}`, ROOT), 'utf8');
    const service = SERVICES.find(([client]) => source.includes(client))?.[1] ?? '';
    const sent = [...source.matchAll(/new (\w+)Command\(/g)].map(([, command = '']) => command);
    return sent.map((command) => `${service}:${DOCUMENT_COMMANDS[command] ?? command}`);
  });
  return [...new Set(actions)].sort();
}

const SERVICES = [
  ['@aws-sdk/lib-dynamodb', 'dynamodb'],
  ['@aws-sdk/client-redshift-data', 'redshift-data'],
  ['@aws-sdk/client-sns', 'sns'],
  ['@aws-sdk/client-eventbridge', 'events'],
] as const;

const DOCUMENT_COMMANDS: Readonly<Record<string, string>> = {
  BatchGet: 'BatchGetItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
};

/** What a role may do with the services that the code speaks to, computed statements included. */
function actionsOf(role: string, computed: readonly { readonly Action: readonly string[] }[]): string[] {
  const { Policies } = service.resources.Resources[role].Properties;
  const written = Policies.flatMap(({ PolicyDocument: { Statement } }: { PolicyDocument: { Statement: unknown } }) =>
    Array.isArray(Statement) ? Statement.flatMap(({ Action }: { Action: string | string[] }) => Action) : [],
  );
  const spoken = /^(dynamodb|redshift-data|sns|events):/;
  const all: string[] = [...written, ...computed.flatMap(({ Action }) => Action)];
  return [...new Set(all.filter((action) => spoken.test(action)))].sort();
}

describe('the roles allow what the code calls, and nothing more', () => {
  const inTable = (name: string) => `session-table/${name}`;

  it('for the reaper, with what the state machine itself asks of the Data API', () => {
    const tables = readdirSync(new URL('src/session-table/', ROOT)).map(inTable);
    const messages = ['sns-notice-channel.ts', 'sns-subscriptions.ts', 'event-bridge-publisher.ts'].map(
      (name) => `messaging/${name}`,
    );
    const sent = actionsSentBy([...tables, ...messages, 'warehouse/data-api-warehouse.ts']);
    expect(sent.length).toBeGreaterThan(10);
    expect(actionsOf('ReaperRole', fromConfig('slotkeeper.yml').dataApiStatements)).toEqual(sent);
    for (const [, call = ''] of asl.matchAll(/aws-sdk:redshiftdata:(\w+)/g)) {
      expect(sent).toContain(`redshift-data:${call.charAt(0).toUpperCase()}${call.slice(1)}`);
    }
  });

  it("for the functions of tenants' queries", () => {
    const warehouse = ['pool/data-api-pool-warehouse.ts', 'pool/exact-result-command.ts'];
    const sent = actionsSentBy([...warehouse, inTable('dynamodb-session-pool-table.ts'), inTable('item-store.ts')]);
    // The store that both tables share reads many at once for the reaper only.
    const expected = sent.filter((action) => action !== 'dynamodb:BatchGetItem');
    expect(expected.length).toBeGreaterThan(9);
    expect(actionsOf('TenantQueryRole', fromConfig('slotkeeper.yml').tenantStatements)).toEqual(expected);
  });

  it('for X-Ray: a traced state machine asks for the sampling rules itself', () => {
    expect(service.stepFunctions.stateMachines.reapRedshiftSessions.tracingConfig.enabled).toBe(true);
    expect(JSON.stringify(service.resources.Resources.ReaperRole)).toMatch(
      /"xray:GetSamplingRules","xray:GetSamplingTargets","xray:PutTelemetryRecords","xray:PutTraceSegments"/,
    );
  });
});

describe('the function behind the links of notices', () => {
  const { SnoozeSessionRole, ReaperRole } = service.resources.Resources;
  const statements = (role: typeof SnoozeSessionRole) =>
    role.Properties.Policies.flatMap(({ PolicyDocument }: { PolicyDocument: { Statement: unknown } }) =>
      Array.isArray(PolicyDocument.Statement) ? PolicyDocument.Statement : [],
    );
  const keyRights = (role: typeof SnoozeSessionRole) =>
    statements(role).filter(({ Action }: { Action: unknown }) => Action === 'secretsmanager:GetSecretValue');

  it('may be called by anybody, by few at once, and keeps backends and counts their snoozes only', () => {
    expect(service.functions.snoozeSession).toMatchObject({ url: true, reservedConcurrency: 5 });
    expect(actionsOf('SnoozeSessionRole', [])).toEqual([
      'dynamodb:BatchGetItem',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'events:PutEvents',
    ]);
    const [table] = statements(SnoozeSessionRole);
    expect(table.Condition['ForAllValues:StringLike']).toEqual({ 'dynamodb:LeadingKeys': ['TARGET#*', 'SNOOZES#*'] });
    expect(targetPartition('local')).toMatch(/^TARGET#/);
    expect(snoozeCountKey({ owner: 'o', day: 'd' }).pk).toMatch(/^SNOOZES#/);
  });

  it('shares its key with the function that writes the links, and with no other', () => {
    expect(keyRights(SnoozeSessionRole)).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: 'SnoozeKey' },
    ]);
    const [right, ...others] = keyRights(ReaperRole);
    expect(others).toEqual([]);
    expect(right.Condition.ArnEquals['lambda:SourceFunctionArn']).toMatch(/-publishNotice$/);
    expect(keyRights(service.resources.Resources.TenantQueryRole)).toEqual([]);
  });
});

describe("the functions of tenants' queries", () => {
  const { TenantQueryRole } = service.resources.Resources;
  const [pooledSessions] = TenantQueryRole.Properties.Policies;

  it('share a role of their own: a statement that one submits, only the same role may look at', () => {
    const roles = Object.entries<{ role?: string }>(service.functions).filter(([, { role }]) => role !== undefined);
    expect(roles.map(([key, { role }]) => [key, role])).toEqual([
      ['runQuery', 'TenantQueryRole'],
      ['releaseSession', 'TenantQueryRole'],
      ['sweepPools', 'TenantQueryRole'],
      ['snoozeSession', 'SnoozeSessionRole'],
    ]);
  });

  it("may write the pool's items and nothing of the reaper's", () => {
    const leadingKeys = pooledSessions.PolicyDocument.Statement.map(
      (statement: { Condition: Record<string, unknown> }) => statement.Condition['ForAllValues:StringLike'],
    );
    expect(leadingKeys).toEqual([
      { 'dynamodb:LeadingKeys': ['TENANT#*', 'POOL#*'] },
      { 'dynamodb:LeadingKeys': ['POOLED#*'] },
    ]);
    expect(livePoolPartition('local')).toMatch(/^POOLED#/);
    const key = { tenant: 'acme', target: 'local', database: 'dev', dbUser: 'tenant_acme' };
    expect(poolPartition(key)).toMatch(/^TENANT#/);
    expect(targetSlotsPartition('local')).toMatch(/^POOL#/);
    expect(targetPartition('local')).not.toMatch(/^(TENANT|POOL|POOLED)#/);
  });

  it("are told of the end of the pool's statements only", () => {
    const [{ eventBridge }] = service.functions.releaseSession.events;
    expect(eventBridge.pattern).toEqual({
      source: ['aws.redshift-data'],
      'detail-type': ['Redshift Data Statement Status Change'],
      detail: { statementName: [{ prefix: 'slotkeeper/' }] },
    });
    const record = creatingSession();
    expect(statementName(record).startsWith('slotkeeper/')).toBe(true);
  });

  it("may sign in as tenants' users only, and not at all without a pool", () => {
    const sign = fromConfig('slotkeeper.yml').tenantStatements.map(({ Effect, Action, Resource }) => [
      Effect,
      ...Action,
      Resource,
    ]);
    expect(sign).toEqual([
      ['Allow', 'redshift-data:ExecuteStatement', [arn('cluster:local')]],
      ['Allow', 'redshift:GetClusterCredentials', [arn('dbname:local/dev'), arn('dbuser:local/tenant_*')]],
    ]);
    expect(fromConfig('test/fixtures/slotkeeper.yml').tenantStatements).toEqual([
      { Effect: 'Deny', Action: ['redshift-data:ExecuteStatement'], Resource: '*' },
    ]);
  });
});

describe('what the stack owes to PostgreSQL targets', () => {
  const computed = fromConfig('test/fixtures/postgres.yml');

  it('is a schedule on the state machine of their engine', () => {
    const inputs = (schedules: typeof computed.schedules) => schedules.map(({ schedule }) => schedule.input.target);
    expect([inputs(computed.schedules), inputs(computed.postgresSchedules)]).toEqual([['analytics'], ['orders']]);
    expect(service.stepFunctions.stateMachines.reapPostgresSessions).toMatchObject({
      name: `\${self:custom.prefix}-reap-postgres-sessions`,
      role: 'ReaperRole.Arn',
      events: `\${self:custom.fromConfig.postgresSchedules}`,
      tracingConfig: { enabled: true },
    });
  });

  it('is the right on their secret and on tokens for their user, and what a function needs in a VPC', () => {
    const [secret, token, network, ...more] = computed.postgresStatements;
    expect([secret, token, more]).toEqual([
      {
        Effect: 'Allow',
        Action: ['secretsmanager:GetSecretValue'],
        Resource: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-a1b2c3',
      },
      {
        Effect: 'Allow',
        Action: ['rds-db:connect'],
        Resource: { 'Fn::Sub': `arn:\${AWS::Partition}:rds-db:eu-west-1:\${AWS::AccountId}:dbuser:*/keeper` },
      },
      [],
    ]);
    expect(network?.Action).toContain('ec2:CreateNetworkInterface');
    expect(fromConfig('test/fixtures/slotkeeper.yml').postgresStatements).toEqual([
      { Effect: 'Deny', Action: ['rds-db:connect'], Resource: '*' },
    ]);
  });

  it('is their VPC for exactly the functions that connect to them', () => {
    expect(computed.postgresVpc).toEqual({
      subnetIds: ['subnet-0123456789abcdef0'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    });
    expect(fromConfig('test/fixtures/slotkeeper.yml').postgresVpc).toBe(false);
    const inside = Object.entries<{ vpc?: string }>(service.functions).filter(([, { vpc }]) => vpc !== undefined);
    expect(inside.map(([key]) => key)).toEqual([
      'planPostgresActions',
      'endPostgresSessions',
      'recordPostgresOutcomes',
    ]);
    expect(inside.every(([, { vpc }]) => vpc === `\${self:custom.fromConfig.postgresVpc}`)).toBe(true);
  });

  it('is nothing where they are in different VPCs: one stack has one set of functions', () => {
    const servers = loadConfig('test/fixtures/postgres.yml').targets;
    const [orders, billing] = [servers['orders'], servers['billing']];
    if (orders?.engine !== 'postgres' || billing?.engine !== 'postgres') {
      throw new Error('Expected two servers.');
    }
    expect(() => vpcOf([orders, { ...billing, vpc: null }])).toThrow('targets.orders, targets.billing');
  });
});

describe('what the stack computes from slotkeeper.yml', () => {
  const computed = fromConfig('test/fixtures/slotkeeper.yml');

  it('is a schedule for each target that has one, with its constant input', () => {
    expect(computed.schedules.map(({ schedule }) => [schedule.rate, schedule.input])).toEqual([
      ['rate(5 minutes)', { target: 'local', dryRun: false }],
    ]);
  });

  it('is nothing for a schedule in seconds, which only the embedded cloud knows', () => {
    expect(() => fromConfig('local/demo/slotkeeper.demo.yml')).toThrow(
      'got targets.local.schedule: rate(4 seconds). Seconds are for the embedded cloud',
    );
  });

  it('is the right on exactly the named cluster, and on credentials for exactly the named user', () => {
    expect(computed.dataApiStatements.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['redshift-data:ExecuteStatement'], [arn('cluster:local')]],
      ...['local', 'by-hand'].map(() => [
        ['redshift:GetClusterCredentials'],
        [arn('dbname:local/dev'), arn('dbuser:local/awsuser')],
      ]),
    ]);
  });
});
