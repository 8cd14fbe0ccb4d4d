import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { fromConfig } from '../../deploy/from-config.ts';
import { vpcOf } from '../../deploy/postgres-statements.ts';
import { stackNames } from '../../deploy/stack-names.ts';
import { invokedBy } from '../../deploy/state-machines.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { statementName } from '../../src/pool/statement-name.ts';
import { sessionTableSchema } from '../../src/session-table/session-table-schema.ts';
import { creatingSession } from '../pool/example-pooled-session.ts';
import { arn, ONE_CLUSTER, propertiesOf, serverOnly, THREE_ENGINES } from './stack-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-stack-'));
afterAll(() => rmSync(folder, { recursive: true }));

const whole = fromConfig(THREE_ENGINES, 'dev');
const cluster = fromConfig(ONE_CLUSTER, 'dev');
const server = fromConfig(serverOnly(folder), 'dev');

/** `begin-run.ts` → `beginRun`. */
const keyOf = (file: string) => file.replace('.ts', '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

describe('serverless.yml', () => {
  const service = parse(readFileSync('serverless.yml', 'utf8'));

  it('computes everything that depends on slotkeeper.yml, and says how functions are built', () => {
    expect(service).toMatchObject({
      functions: `\${self:custom.stack.functions}`,
      resources: `\${self:custom.stack.resources}`,
      stepFunctions: { stateMachines: `\${self:custom.stack.stateMachines}` },
      package: { individually: true, patterns: `\${self:custom.stack.packaged}` },
      provider: { runtime: 'nodejs24.x', architecture: 'arm64', tracing: { lambda: true }, logRetentionInDays: 30 },
      custom: { esbuild: { bundle: true, minify: true, format: 'esm', sourcemap: 'linked' } },
    });
    expect(service.provider.tags).toEqual(service.provider.stackTags);
  });
});

describe('the functions of the stack', () => {
  it('are one per file of functions/, under its key and with its handler', () => {
    const files = readdirSync('functions').filter((file) => file.endsWith('.ts'));
    const declared = Object.entries(whole.functions).map(([key, { handler, name }]) => [key, handler, name]);
    expect(declared.sort()).toEqual(
      files
        .map((file) => [keyOf(file), `functions/${file.replace('.ts', '.handler')}`, `slotkeeper-dev-${keyOf(file)}`])
        .sort(),
    );
  });

  it('are all that its state machines invoke, whichever machines there are', () => {
    expect(Object.keys(whole.functions)).toEqual(
      expect.arrayContaining([...invokedBy('ReapRedshiftSessions'), ...invokedBy('ReapPostgresSessions')]),
    );
    expect(Object.keys(cluster.functions)).toEqual(expect.arrayContaining(invokedBy('ReapRedshiftSessions')));
    expect(Object.keys(server.functions)).toEqual(expect.arrayContaining(invokedBy('ReapPostgresSessions')));
  });

  it('leave out what no target needs, and the links that nobody may use', () => {
    expect(Object.keys(cluster.functions).filter((key) => /Postgres|Query$|Pools|releaseSession/.test(key))).toEqual([
      'submitSessionQuery',
      'submitOutcomeQuery',
    ]);
    expect(Object.keys(server.functions).sort()).toEqual(invokedBy('ReapPostgresSessions'));
    expect(Object.keys(server.stateMachines)).toEqual(['reapPostgresSessions']);
    expect(Object.keys(cluster.stateMachines)).toEqual(['reapRedshiftSessions']);
    expect(Object.keys(server.resources.Resources)).not.toContain('SnoozeKey');
    expect(Object.keys(server.functions['publishNotice']?.environment ?? {})).not.toContain('SLOTKEEPER_SNOOZE_URL');
    expect(Object.keys(whole.functions['publishNotice']?.environment ?? {})).toContain('SLOTKEEPER_SNOOZE_URL');
  });

  it('are in the VPC of the servers exactly where they connect to them', () => {
    const inside = Object.entries(whole.functions).filter(([, { vpc }]) => vpc !== undefined);
    expect(inside.map(([key]) => key)).toEqual([
      'planPostgresActions',
      'endPostgresSessions',
      'recordPostgresOutcomes',
    ]);
    expect(inside[0]?.[1]['vpc']).toEqual({
      subnetIds: ['subnet-0123456789abcdef0'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    });
    expect(Object.values(server.functions).every(({ vpc }) => vpc === undefined)).toBe(true);
  });

  it('are nothing where servers are in different VPCs: one stack has one set of functions', () => {
    const { orders, billing } = loadConfig('test/fixtures/postgres.yml').targets;
    if (orders?.engine !== 'postgres' || billing?.engine !== 'postgres') {
      throw new Error('Expected two servers.');
    }
    expect(() => vpcOf([orders, { ...billing, vpc: null }])).toThrow('targets.orders, targets.billing');
  });

  it('may be called by anybody in one case only, by few at once', () => {
    const open = Object.entries(whole.functions).filter(([, { url }]) => url !== undefined);
    expect(open.map(([key, { reservedConcurrency }]) => [key, reservedConcurrency])).toEqual([['snoozeSession', 5]]);
  });

  it('put what they fail at into the dead letters, where events call them', () => {
    const asynchronous = Object.entries(whole.functions).filter(([, { destinations }]) => destinations !== undefined);
    expect(asynchronous.map(([key]) => key)).toEqual(['releaseSession', 'sweepPools']);
    expect(asynchronous[0]?.[1]['destinations']).toEqual({
      onFailure: { type: 'sqs', arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
    });
  });

  it('are packaged with the file that they read, and the authorities that it names', () => {
    expect(whole.packaged).toEqual([THREE_ENGINES]);
    expect(whole.functions['beginRun']?.environment['SLOTKEEPER_CONFIG']).toBe(`./${THREE_ENGINES}`);
    expect(fromConfig('test/fixtures/postgres.yml', 'dev').packaged).toEqual([
      'test/fixtures/postgres.yml',
      'certs/eu-west-1.pem',
    ]);
  });
});

describe('the state machines of the stack', () => {
  it('are the very files, logged where they fail, without what they hand on, and traced', () => {
    expect(whole.stateMachines['reapRedshiftSessions']).toEqual({
      id: 'ReapRedshiftSessions',
      name: 'slotkeeper-dev-reap-redshift-sessions',
      type: 'STANDARD',
      role: { 'Fn::GetAtt': ['ReaperRole', 'Arn'] },
      tracingConfig: { enabled: true },
      loggingConfig: {
        level: 'ERROR',
        includeExecutionData: false,
        destinations: [{ 'Fn::GetAtt': ['ReapRedshiftSessionsLogGroup', 'Arn'] }],
      },
      definition: `\${file(state-machines/reap-redshift-sessions.asl.json)}`,
    });
    expect(propertiesOf(whole, 'ReapPostgresSessionsLogGroup')).toEqual({
      LogGroupName: '/aws/vendedlogs/states/slotkeeper-dev-reap-postgres-sessions',
      RetentionInDays: 30,
    });
  });
});

describe('the session table of the stack', () => {
  it('is the table that the adapter works with, kept, recoverable and encrypted', () => {
    const { Type, DeletionPolicy, UpdateReplacePolicy, Properties } = whole.resources.Resources['SessionTable'] ?? {};
    expect([Type, DeletionPolicy, UpdateReplacePolicy]).toEqual(['AWS::DynamoDB::Table', 'Retain', 'Retain']);
    expect(Properties).toEqual({
      ...sessionTableSchema('slotkeeper-dev-sessions'),
      TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: false,
    });
  });

  it.each(['prod', 'production'])('cannot be deleted by accident in stage %s', (stage) => {
    expect(propertiesOf(fromConfig(ONE_CLUSTER, stage), 'SessionTable')['DeletionProtectionEnabled']).toBe(true);
  });
});

describe('the schedules of the stack', () => {
  it('are one rule per target that has one, on the machine of its engine, with a retry and dead letters', () => {
    expect(propertiesOf(whole, 'ScheduleAnalytics')).toEqual({
      Name: 'slotkeeper-dev-analytics-schedule',
      Description: 'Starts runs of target analytics.',
      ScheduleExpression: 'rate(10 minutes)',
      State: 'ENABLED',
      Targets: [
        {
          Id: 'run',
          Arn: { Ref: 'ReapRedshiftSessions' },
          RoleArn: { 'Fn::GetAtt': ['ScheduleRole', 'Arn'] },
          Input: '{"target":"analytics","dryRun":false,"startAfter":14}',
          RetryPolicy: { MaximumEventAgeInSeconds: 600, MaximumRetryAttempts: 10 },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['DeadLetters', 'Arn'] } },
        },
      ],
    });
    expect(propertiesOf(whole, 'ScheduleOrdersDasheu')['Targets']).toMatchObject([
      { Arn: { Ref: 'ReapPostgresSessions' } },
    ]);
    const scheduled = Object.keys(cluster.resources.Resources).filter((id) => /^Schedule(?!Role)/.test(id));
    expect(scheduled).toEqual(['ScheduleLocal']);
  });

  it('are there, but off, where slotkeeper.yml says enabled: false', () => {
    expect(propertiesOf(whole, 'ScheduleReports')).toMatchObject({
      ScheduleExpression: 'cron(0 6 * * ? *)',
      State: 'DISABLED',
    });
  });

  it('are nothing in seconds, which only the embedded cloud knows', () => {
    expect(() => fromConfig('local/demo/slotkeeper.demo.yml', 'dev')).toThrow(
      'got targets.local.schedule: rate(4 seconds). Seconds are for the embedded cloud',
    );
  });

  it('are nothing under a name for which EventBridge has no room', () => {
    expect(() => stackNames('integration').scheduleRule('a-target-of-forty-characters-and-no-more')).toThrow(
      "to have at most 64 characters, 'slotkeeper-integration-a-target-of-forty-characters-and-no-more-schedule' has 72",
    );
  });

  it('put what could not be started where only rules of the stage may put something', () => {
    expect(propertiesOf(whole, 'DeadLetters')).toMatchObject({
      QueueName: 'slotkeeper-dev-dead-letters',
      SqsManagedSseEnabled: true,
    });
    expect(propertiesOf(whole, 'DeadLettersPolicy')['PolicyDocument']).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Action: ['sqs:SendMessage'],
          Condition: { ArnLike: { 'aws:SourceArn': arn('events', 'rule/slotkeeper-dev-*') } },
        },
      ],
    });
  });
});

describe('the events of the pool', () => {
  it("tell releaseSession of the end of the pool's statements only", () => {
    const { EventPattern, Targets } = propertiesOf(whole, 'EndedStatements');
    expect(EventPattern).toEqual({
      source: ['aws.redshift-data'],
      'detail-type': ['Redshift Data Statement Status Change'],
      detail: { statementName: [{ prefix: 'slotkeeper/' }] },
    });
    expect(statementName(creatingSession()).startsWith('slotkeeper/')).toBe(true);
    expect(Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': ['ReleaseSessionLambdaFunction', 'Arn'] } }]);
    expect(propertiesOf(whole, 'EndedStatementsPermission')).toEqual({
      FunctionName: { Ref: 'ReleaseSessionLambdaFunction' },
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: { 'Fn::GetAtt': ['EndedStatements', 'Arn'] },
    });
    expect(Object.keys(cluster.resources.Resources)).not.toContain('EndedStatements');
  });
});

describe('the topics of the stack', () => {
  it('are encrypted with a key that alarms of the stage may use, and nobody else', () => {
    const { Statement } = propertiesOf(whole, 'TopicKey')['KeyPolicy'] as { Statement: readonly object[] };
    expect(Statement).toMatchObject([
      { Sid: 'Account', Action: ['kms:*'] },
      {
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: { ArnLike: { 'aws:SourceArn': arn('cloudwatch', 'alarm:slotkeeper-dev-*') } },
      },
    ]);
    for (const topic of ['OwnersTopic', 'OperatorsTopic']) {
      expect(propertiesOf(whole, topic)['KmsMasterKeyId']).toEqual({ 'Fn::GetAtt': ['TopicKey', 'Arn'] });
    }
    expect(propertiesOf(whole, 'OperatorsTopicPolicy')['PolicyDocument']).toMatchObject({
      Statement: [{ Principal: { Service: 'cloudwatch.amazonaws.com' }, Action: ['sns:Publish'] }],
    });
  });

  it('have the mail subscriptions of the file: of owners what is theirs, one per address, of operators everything', () => {
    const mails = Object.values(whole.resources.Resources).filter(({ Type }) => Type === 'AWS::SNS::Subscription');
    const common = { Protocol: 'email' };
    const filtered = { ...common, TopicArn: { Ref: 'OwnersTopic' }, FilterPolicyScope: 'MessageAttributes' };
    expect(mails.map(({ Properties }) => Properties)).toEqual([
      { ...filtered, Endpoint: 'data-platform@example.com', FilterPolicy: { owner: ['data-platform@example.com'] } },
      { ...filtered, Endpoint: 'bi@example.com', FilterPolicy: { owner: ['bi-team', 'finance'] } },
      { ...common, TopicArn: { Ref: 'OperatorsTopic' }, Endpoint: 'on-call@example.com' },
    ]);
  });
});

describe('the outputs of the stack', () => {
  it('are what the command line looks for', () => {
    expect(Object.keys(whole.resources.Outputs)).toEqual([
      'SessionTableName',
      'OwnersTopicArn',
      'OperatorsTopicArn',
      'DeadLettersUrl',
      'ScheduleRuleAnalytics',
      'ScheduleRuleReports',
      'ScheduleRuleOrdersDasheu',
      'RunQueryFunctionName',
      'QueryApiUrl',
      'SnoozeUrl',
    ]);
  });
});

describe('a stack with many targets', () => {
  const targets = (count: number) =>
    Array.from(
      { length: count },
      (_, n) =>
        `  warehouse-${n}: { engine: redshift, cluster: warehouse-cluster-${n}, database: dev, dbUser: slotkeeper, schedule: rate(10 minutes), slots: { limit: 500, keepFree: 20 }, policy: p }`,
    );
  const stackOf = (count: number) => {
    const path = join(folder, `targets-${count}.yml`);
    const rest = ['policies: { p: [{ name: all, warnAfter: 30m }] }', 'notices: { defaultOwner: team@example.com }'];
    writeFileSync(path, ['targets:', ...targets(count), ...rest].join('\n'));
    return fromConfig(path, 'dev');
  };

  it('has their rights in policies of their own, once a role has no room for them', () => {
    const { Resources } = stackOf(50).resources;
    const parts = Object.keys(Resources).filter((id) => Resources[id]?.Type === 'AWS::IAM::ManagedPolicy');
    expect(Resources['ReaperRole']?.Properties?.['ManagedPolicyArns']).toEqual(parts.map((id) => ({ Ref: id })));
    const text = JSON.stringify(parts.map((id) => Resources[id]?.Properties));
    const granted = new Set([...text.matchAll(/:cluster:warehouse-cluster-\d+"/g)].map(([cluster]) => cluster));
    expect(granted.size).toBe(50);
    expect(text.match(/GetClusterCredentials/g)).toHaveLength(50);
    expect(parts.length).toBeLessThanOrEqual(10);
    for (const id of parts) {
      expect(JSON.stringify(Resources[id]?.Properties?.['PolicyDocument']).length).toBeLessThan(6_800);
    }
  });

  it('is refused once AWS would have no room for it', () => {
    expect(() => stackOf(70)).toThrow(/the number of resources to be at most 500, got 5\d\d\. .*deploy another stage/);
  });
});
