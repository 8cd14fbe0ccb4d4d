import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DoctorClients } from '../../src/cli/doctor/doctor-clients.ts';
import { readOperatorsAudience, readOwnersAudience } from '../../src/cli/doctor/read-audience.ts';
import { readExecutions } from '../../src/cli/doctor/read-executions.ts';
import { readKeptSession } from '../../src/cli/doctor/read-kept-session.ts';
import { readScheduleRule } from '../../src/cli/doctor/read-schedule-rule.ts';
import { readExpiry, readRecovery, readTable } from '../../src/cli/doctor/read-table.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createMemorySessionTable } from '../../src/session-table/memory-session-table.ts';
import { signInOf } from '../../src/session-table/sign-in-of.ts';
import { type AwsJsonServer, startAwsJsonServer, wireError } from '../support/aws-json-server.ts';
import { exampleTarget } from '../support/example-target.ts';

let server: AwsJsonServer;
let clients: DoctorClients;

beforeAll(async () => {
  server = await startAwsJsonServer();
  const options = {
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    maxAttempts: 1,
  };
  clients = {
    dynamoDb: new DynamoDBClient(options),
    events: new EventBridgeClient(options),
    redshiftData: new RedshiftDataClient(options),
    sfn: new SFNClient(options),
    sns: new SNSClient(options),
    endpoint: server.endpoint,
    close: () => undefined,
  };
});

afterAll(async () => {
  await server?.stop();
});

describe('what the doctor reads of a deployment', () => {
  it('asks who is told of the one target that is looked at, and of no other', async () => {
    const sns = new SNSClient({ region: 'us-east-1', credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
    const nobody = async () => ({ output: { $metadata: {}, Subscriptions: [] }, response: {} });
    sns.middlewareStack.add(() => nobody, { step: 'initialize', priority: 'high' });
    const target = exampleTarget({ name: 'named' });
    const config = loadConfig('test/fixtures/slotkeeper.yml');
    const topic = 'arn:aws:sns:us-east-1:000000000000:owners';
    const owned = await readOwnersAudience({ ...clients, sns }, topic, [target], config);
    expect(new Set(owned.map((reach) => reach.target))).toEqual(new Set(['named']));
    const operated = await readOperatorsAudience({ ...clients, sns }, topic, [target]);
    expect(operated.map((reach) => reach.target)).toEqual(['named']);
  });

  it.each([
    [{ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' }, 'ttl'],
    [{ TimeToLiveStatus: 'ENABLING', AttributeName: 'ttl' }, 'ttl'],
    [{ TimeToLiveStatus: 'DISABLING', AttributeName: 'ttl' }, null],
    [{ TimeToLiveStatus: 'DISABLED' }, null],
  ])('expiry %j', async (TimeToLiveDescription, attribute) => {
    server.answerWith({ body: { TimeToLiveDescription } });
    expect(await readExpiry(clients, 'sessions')).toEqual({ attribute });
  });

  it.each([
    ['ENABLED', true],
    ['DISABLED', false],
  ])('recovery %s', async (PointInTimeRecoveryStatus, pointInTime) => {
    server.answerWith({
      body: {
        ContinuousBackupsDescription: {
          ContinuousBackupsStatus: 'ENABLED',
          PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus },
        },
      },
    });
    expect(await readRecovery(clients, 'sessions')).toEqual({ pointInTime });
  });

  it('a table that is not there, and one whose index is being built', async () => {
    server.answerWith(wireError('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException', 'not found'), {
      body: {
        Table: {
          TableStatus: 'UPDATING',
          KeySchema: [
            { AttributeName: 'sk', KeyType: 'RANGE' },
            { AttributeName: 'pk', KeyType: 'HASH' },
          ],
          GlobalSecondaryIndexes: [
            { IndexName: 'live', IndexStatus: 'CREATING', Projection: { ProjectionType: 'ALL' } },
          ],
        },
      },
    });
    expect(await readTable(clients, 'sessions')).toBeNull();
    expect(await readTable(clients, 'sessions')).toEqual({
      status: 'UPDATING',
      keys: ['pk', 'sk'],
      indexes: [{ name: 'live', keys: [], projection: 'ALL' }],
      busyIndexes: ['live'],
    });
  });

  it('a rule, whether it starts this target, and that there is none', async () => {
    const about = { ruleName: 'r', stateMachineArn: 'arn:machine', target: 'rs' };
    const rule = { body: { Name: 'r', ScheduleExpression: 'rate(5 minutes)', State: 'DISABLED' } };
    const startsOther = { Id: '1', Arn: 'arn:machine', Input: '{"target":"other"}' };
    const startsMine = { Id: '2', Arn: 'arn:machine', Input: '{"target":"rs","dryRun":false}' };
    server.answerWith(
      rule,
      { body: { Targets: [startsOther] } },
      rule,
      { body: { Targets: [startsOther, startsMine] } },
      wireError('ResourceNotFoundException', 'Rule r does not exist.'),
    );
    const found = { name: 'r', expression: 'rate(5 minutes)', enabled: false };
    expect(await readScheduleRule(clients, about)).toEqual({ ...found, startsRuns: false });
    expect(await readScheduleRule(clients, about)).toEqual({ ...found, startsRuns: true });
    expect(await readScheduleRule(clients, about)).toBeNull();
  });

  it('failed executions that no run on record has made, without those that have outlived their record', async () => {
    const execution = (name: string, status: string, startDate: number) => ({
      executionArn: `arn:${name}`,
      name,
      status,
      startDate,
      stateMachineArn: 'arn:machine',
    });
    const now = 1_763_650_800;
    server.answerWith(
      {
        body: {
          executions: [
            execution('running', 'RUNNING', now),
            execution('recorded', 'FAILED', now - 10),
            execution('skipped', 'FAILED', now - 20),
            execution('old', 'FAILED', now - 900_000),
          ],
        },
      },
      wireError('StateMachineDoesNotExist', 'State Machine Does Not Exist'),
      {
        body: {
          executionArn: 'arn:skipped',
          stateMachineArn: 'arn:machine',
          status: 'FAILED',
          startDate: now,
          error: 'RunLockHeld',
        },
      },
    );
    const since = new Date((now - 86_400) * 1000);
    expect(await readExecutions(clients, ['arn:machine', 'arn:other'], new Set(['recorded']), since)).toEqual({
      looked: 3,
      unrecorded: [{ arn: 'arn:skipped', error: 'RunLockHeld' }],
    });
  });

  it('the kept session, whether it lives, and that only its owner may ask', async () => {
    const table = createMemorySessionTable();
    const target = exampleTarget();
    const now = new Date('2026-11-20T15:00:00Z');
    expect(await readKeptSession(clients, table, target, now)).toBeNull();
    const createdAt = '2026-11-20T14:58:00.000Z';
    await table.saveReaperSession({
      target: target.name,
      sessionId: 's',
      signIn: signInOf(target),
      version: 1,
      createdAt,
    });
    server.answerWith(
      { body: { Sessions: [{ SessionId: 's', Status: 'BUSY', CreatedAt: 1 }] } },
      wireError('ResourceNotFoundException', 'Session does not exist.', { ResourceId: 's' }),
      wireError('ThrottlingException', 'Rate exceeded'),
    );
    expect(await readKeptSession(clients, table, target, now)).toEqual({
      ageSeconds: 120,
      asConfigured: true,
      status: 'BUSY',
    });
    expect(await readKeptSession(clients, table, exampleTarget({ database: 'other' }), now)).toEqual({
      ageSeconds: 120,
      asConfigured: false,
      status: 'not-ours',
    });
    await expect(readKeptSession(clients, table, target, now)).rejects.toMatchObject({ name: 'ThrottlingException' });
  });
});
