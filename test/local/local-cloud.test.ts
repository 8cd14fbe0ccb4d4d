import { DescribeStacksCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  ConditionalCheckFailedException,
  DescribeTableCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { InvokeCommand, ListFunctionsCommand, ResourceNotFoundException } from '@aws-sdk/client-lambda';
import { DescribeStatementCommand, ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { PublishCommand } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, GetQueueUrlCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { cloudClients } from './cloud-clients.ts';

let cloud: LocalCloud;
let aws: ReturnType<typeof cloudClients>;
const output: string[] = [];

beforeAll(async () => {
  cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    functionsDirectory: 'test/fixtures/functions',
    stateMachinesDirectory: 'test/fixtures/state-machines',
    configPath: 'test/fixtures/slotkeeper.yml',
    log: ({ text }) => output.push(text),
  });
  aws = cloudClients(cloud.endpoint);
});

afterAll(async () => {
  aws.destroy();
  await cloud.stop();
});

describe('the endpoint', () => {
  it('says where everything is', () => {
    expect(cloud).toMatchObject({
      endpoint: `http://127.0.0.1:${cloud.port}`,
      postgres: { host: '127.0.0.1', database: 'dev', user: 'awsuser' },
      region: 'us-east-1',
      accountId: '000000000000',
      clusterIdentifier: 'local',
      database: 'dev',
      table: 'slotkeeper-local-sessions',
      topicArn: 'arn:aws:sns:us-east-1:000000000000:slotkeeper-local-owners',
      operatorsTopicArn: 'arn:aws:sns:us-east-1:000000000000:slotkeeper-local-operators',
    });
    expect(cloud.stateMachines['slotkeeper-local-all-paths']).toBe(
      'arn:aws:states:us-east-1:000000000000:stateMachine:slotkeeper-local-all-paths',
    );
  });

  it.each(['/', '/health'])('lists its services and their operations at GET %s', async (path) => {
    const response = await fetch(cloud.endpoint + path);
    const { status, services } = (await response.json()) as { status: string; services: Record<string, string[]> };
    expect(status).toBe('running');
    expect(Object.keys(services).sort()).toEqual([
      ...['cloudformation', 'dynamodb', 'events', 'lambda', 'lambda-url', 'redshift-data'],
      ...['secretsmanager', 'sns', 'sqs', 'states', 'sts'],
    ]);
    expect(services['states']).toContain('StartExecution');
  });

  it('answers 502 for a function URL whose function fails, and knows no other function by a URL', async () => {
    const url = (name: string) => fetch(`${cloud.endpoint}/functions/${name}/?link=x`);
    // The functions of this test have none of that name.
    expect((await url('snooze-session')).status).toBe(502);
    expect((await url('begin-run')).status).toBe(400);
  });

  it('keeps the newest two values of a secret, and knows no other secret', async () => {
    const ask = async (operation: string, input: object) => {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `secretsmanager.${operation}` };
      const response = await fetch(cloud.endpoint, { method: 'POST', headers, body: JSON.stringify(input) });
      return (await response.json()) as Record<string, unknown>;
    };
    const SecretId = 'slotkeeper-local-snooze-key';
    const previous = { SecretId, VersionStage: 'AWSPREVIOUS' };
    const { SecretString: first } = await ask('GetSecretValue', { SecretId });
    expect(first).toMatch(/^[\w-]{64}$/);
    expect(await ask('GetSecretValue', previous)).toMatchObject({ __type: 'ResourceNotFoundException' });
    await ask('PutSecretValue', { SecretId, SecretString: 'second' });
    expect(await ask('GetSecretValue', { SecretId })).toMatchObject({ SecretString: 'second' });
    expect(await ask('GetSecretValue', previous)).toMatchObject({ SecretString: first });
    const other = { Name: 'another-key', SecretString: 'third' };
    const { ARN } = await ask('CreateSecret', other);
    expect(await ask('GetSecretValue', { SecretId: String(ARN).slice(0, -7) })).toMatchObject({
      ARN,
      SecretString: 'third',
    });
    expect(await ask('CreateSecret', other)).toMatchObject({ __type: 'ResourceExistsException' });
    expect(await ask('GetSecretValue', { SecretId: 'another' })).toMatchObject({ __type: 'ResourceNotFoundException' });
  });

  it('tells about itself as a deployed stack does', async () => {
    const { Stacks } = await aws.cloudformation.send(new DescribeStacksCommand({ StackName: 'slotkeeper-local' }));
    const [stack] = Stacks ?? [];
    expect(stack).toMatchObject({ StackName: 'slotkeeper-local', StackStatus: 'CREATE_COMPLETE' });
    expect(stack?.CreationTime?.getTime()).toBeGreaterThan(Date.parse('2026-01-01'));
    expect(
      Object.fromEntries((stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue])),
    ).toEqual({
      SessionTableName: cloud.table,
      OwnersTopicArn: cloud.topicArn,
      OperatorsTopicArn: cloud.operatorsTopicArn,
      ReapRedshiftSessionsArn: cloud.stateMachines['slotkeeper-local-reap-redshift-sessions'],
      SnoozeUrl: `${cloud.endpoint}/functions/snooze-session/`,
      ScheduleRuleLocal: 'slotkeeper-local-local-schedule',
    });
    expect((await aws.cloudformation.send(new DescribeStacksCommand())).Stacks).toEqual(Stacks);
    await expect(aws.cloudformation.send(new DescribeStacksCommand({ StackName: 'a&b' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id a&b does not exist',
    });
    await expect(aws.cloudformation.send(new ListStacksCommand())).rejects.toMatchObject({ name: 'InvalidAction' });
  });

  it('answers a plain HTTP client without a signature', async () => {
    const response = await fetch(cloud.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    });
    expect(await response.json()).toEqual({ TableNames: ['slotkeeper-local-sessions'] });
  });

  it.each([
    [
      'an unknown service',
      'Kinesis_20131202.ListStreams',
      '{}',
      400,
      'UnknownOperationException',
      /It has: redshift-data, /,
    ],
    [
      'an unknown operation',
      'AWSStepFunctions.CreateActivity',
      '{}',
      400,
      'UnknownOperationException',
      /It offers: Start/,
    ],
    ['a body that is no JSON', 'AWSStepFunctions.ListStateMachines', '{', 400, 'SerializationException', /JSON/],
    ['a body that is no object', 'AWSEvents.ListRules', '[]', 400, 'SerializationException', /object/],
  ])('refuses %s in words that help', async (_what, target, body, status, type, message) => {
    const response = await fetch(cloud.endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
      body,
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ __type: type, message: expect.stringMatching(message) });
  });

  it('refuses a body past 16 MiB', async () => {
    const response = await fetch(cloud.endpoint, { method: 'POST', body: Buffer.alloc(16 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
  });

  it('refuses a page in a browser that gave 127.0.0.1 a name of its own', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const headers = { host: 'evil.example.com' };
      request(cloud.endpoint, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it('counts calls by service and operation', async () => {
    cloud.calls.reset();
    await aws.dynamodb.send(new DescribeTableCommand({ TableName: cloud.table }));
    await aws.lambda.send(new ListFunctionsCommand({}));
    expect(cloud.calls.all()).toEqual({ 'dynamodb.DescribeTable': 1, 'lambda.ListFunctions': 1 });
    expect(cloud.calls.of('dynamodb')).toBe(1);
  });
});

describe('the Redshift Data API behind the endpoint', () => {
  it('runs a statement on a real backend', async () => {
    const { Id } = await aws.redshiftData.send(
      new ExecuteStatementCommand({ ClusterIdentifier: 'local', Database: 'dev', DbUser: 'awsuser', Sql: 'select 1' }),
    );
    const status = async () => (await aws.redshiftData.send(new DescribeStatementCommand({ Id }))).Status;
    await expect.poll(status, { timeout: 5_000 }).toBe('FINISHED');
  });
});

describe('DynamoDB behind the endpoint', () => {
  it('has the session table with its index', async () => {
    const { Table } = await aws.dynamodb.send(new DescribeTableCommand({ TableName: cloud.table }));
    expect(Table?.TableStatus).toBe('ACTIVE');
    expect(Table?.KeySchema?.map((key) => key.AttributeName)).toEqual(['pk', 'sk']);
    expect(Table?.GlobalSecondaryIndexes?.map((index) => index.IndexName)).toContain('live');
  });

  it('keeps items and conditions', async () => {
    const item = { pk: { S: 'TARGET#local' }, sk: { S: 'LOCK' } };
    const put = new PutItemCommand({
      TableName: cloud.table,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    await aws.dynamodb.send(put);
    await expect(aws.dynamodb.send(put)).rejects.toBeInstanceOf(ConditionalCheckFailedException);
    const { Items } = await aws.dynamodb.send(
      new QueryCommand({
        TableName: cloud.table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': item.pk },
      }),
    );
    expect(Items).toEqual([item]);
  });
});

describe('SNS and SQS behind the endpoint', () => {
  it('brings what is published to a topic into its inbox, where any client can receive it', async () => {
    const { MessageId } = await aws.sns.send(
      new PublishCommand({
        TopicArn: cloud.topicArn,
        Subject: 'Sessions to be ended',
        Message: 'pid 4711 has been idle for 1h 32m\nand will be ended at 12:00 UTC',
        MessageAttributes: { owner: { DataType: 'String', StringValue: 'bi-team@example.com' } },
      }),
    );
    expect(await cloud.inbox('owners')).toEqual([
      {
        messageId: MessageId,
        topicArn: cloud.topicArn,
        subject: 'Sessions to be ended',
        body: 'pid 4711 has been idle for 1h 32m\nand will be ended at 12:00 UTC',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        attributes: { owner: 'bi-team@example.com' },
      },
    ]);
    const { QueueUrl } = await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'slotkeeper-local-owners-inbox' }));
    expect(QueueUrl).toContain(`:${cloud.port}/`);
    const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    expect(JSON.parse(Messages?.[0]?.Body ?? '{}')).toMatchObject({ Subject: 'Sessions to be ended', MessageId });
    await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages?.[0]?.ReceiptHandle }));
    expect(await cloud.inbox('owners')).toEqual([]);
    expect(await cloud.inbox('operators')).toEqual([]);
  });

  it.each([
    ['a line break', 'two\nlines'],
    ['another script', 'Sitzungen für später'],
    ['101 characters', 'x'.repeat(101)],
  ])('refuses a subject with %s', async (_what, Subject) => {
    const publish = aws.sns.send(new PublishCommand({ TopicArn: cloud.topicArn, Subject, Message: 'm' }));
    await expect(publish).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect(await cloud.inbox('owners')).toEqual([]);
  });

  it('fails a publish when a test says so, once', async () => {
    cloud.failNextPublishes(1);
    const publish = () => aws.sns.send(new PublishCommand({ TopicArn: cloud.operatorsTopicArn, Message: 'm' }));
    await expect(publish()).rejects.toMatchObject({ name: 'AuthorizationErrorException' });
    expect(await publish()).toHaveProperty('MessageId');
  });
});

describe('Lambda behind the endpoint', () => {
  const text = (payload: Uint8Array | undefined) => JSON.parse(new TextDecoder().decode(payload));

  it('invokes a function by name and by ARN, with the environment of the deployed one', async () => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:slotkeeper-local-echo';
    for (const FunctionName of ['slotkeeper-local-echo', arn]) {
      const answer = await aws.lambda.send(new InvokeCommand({ FunctionName, Payload: '{"say":"hi"}' }));
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(answer.FunctionError).toBeUndefined();
      expect(text(answer.Payload)).toMatchObject({ said: 'hi', endpoint: cloud.endpoint, table: cloud.table });
    }
  });

  it("reports a function's error in the answer", async () => {
    const answer = await aws.lambda.send(new InvokeCommand({ FunctionName: 'slotkeeper-local-fail' }));
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(text(answer.Payload)).toMatchObject({ errorType: 'TargetUnknown' });
  });

  it('accepts an invocation without waiting, and a dry run without running', async () => {
    const FunctionName = 'slotkeeper-local-fail';
    const dry = await aws.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'DryRun' }));
    expect(dry.StatusCode).toBe(204);
    output.length = 0;
    const event = await aws.lambda.send(new InvokeCommand({ FunctionName, InvocationType: 'Event' }));
    expect(event.StatusCode).toBe(202);
    await expect.poll(() => output.join('')).toContain('slotkeeper-local-fail failed');
  });

  it('knows its functions, and those it does not have', async () => {
    const { Functions } = await aws.lambda.send(new ListFunctionsCommand({}));
    expect(Functions?.map((one) => one.FunctionName)).toEqual([
      ...['slotkeeper-local-echo', 'slotkeeper-local-fail', 'slotkeeper-local-waitABit'],
    ]);
    const invoke = aws.lambda.send(new InvokeCommand({ FunctionName: 'nope' }));
    await expect(invoke).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(invoke).rejects.toThrow('Function not found: arn:aws:lambda:us-east-1:000000000000:function:nope');
  });

  it('refuses a payload that is no JSON', async () => {
    const invoke = aws.lambda.send(new InvokeCommand({ FunctionName: 'slotkeeper-local-echo', Payload: '{' }));
    await expect(invoke).rejects.toMatchObject({ name: 'InvalidRequestContentException' });
  });
});
