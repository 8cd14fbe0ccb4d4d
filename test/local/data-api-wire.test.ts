import * as sdk from '@aws-sdk/client-redshift-data';
import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_API_OPERATIONS } from '../../local/data-api/data-api-operation.ts';
import { REQUEST_SCHEMAS } from '../../local/data-api/request-schemas.ts';
import type { StatementEvent } from '../../local/data-api/statement-event.ts';
import { DOCUMENTED_RATES } from '../../local/data-api/throttle.ts';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

const HOUR_MS = 3_600_000;

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;
const events: StatementEvent[] = [];
const backgroundErrors: unknown[] = [];

beforeAll(async () => {
  harness = await startHarness();
  served = await harness.serve({
    async publishEvent(event) {
      if (event.detail.statementName === 'bus is down') throw new Error('The bus is down.');
      events.push(event);
    },
    onBackgroundError: (error) => backgroundErrors.push(error),
  });
  client = served.client();
});

afterAll(() => harness.stop());

describe('the wire format', () => {
  it("is plain JSON over HTTP, as a stranger's client speaks it", async () => {
    const submitted = await served.post('ExecuteStatement', { ...DEV, Sql: 'select 1 as one', WaitTimeSeconds: 30 });
    expect(submitted.status).toBe(200);
    expect(submitted.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(submitted.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(submitted.json).toMatchObject({ Status: 'FINISHED', DbUser: 'awsuser' });
    const result = await served.post('GetStatementResult', { Id: submitted.json['Id'] });
    expect(result.json).toMatchObject({ Records: [[{ longValue: 1 }]], TotalNumRows: 1 });
    expect(result.json['ColumnMetadata']).toMatchObject([{ name: 'one', label: 'one', typeName: 'int4' }]);
  });

  it('writes timestamps as epoch seconds', async () => {
    const before = harness.clock.now().getTime() / 1000;
    const { json } = await served.post('ExecuteStatement', { ...DEV, Sql: 'select 1' });
    const createdAt = json['CreatedAt'] as number;
    expect(createdAt).toBeGreaterThanOrEqual(before);
    expect(createdAt).toBeLessThan(before + 60);
  });

  it('keeps every digit of a 64-bit integer', async () => {
    const Sql = 'select 9223372036854775807, -9223372036854775808, 9007199254740991';
    const { json } = await served.post('ExecuteStatement', { ...DEV, Sql, WaitTimeSeconds: 30 });
    const { text } = await served.post('GetStatementResult', { Id: json['Id'] });
    expect(text).toContain(
      '{"longValue":9223372036854775807},{"longValue":-9223372036854775808},{"longValue":9007199254740991}',
    );
  });

  it('writes errors as __type and Message, and a missing resource as HTTP 400 with its id', async () => {
    const Id = '00000000-0000-4000-8000-000000000000';
    const { status, json } = await served.post('DescribeStatement', { Id });
    expect({ status, json }).toEqual({
      status: 400,
      json: { __type: 'ResourceNotFoundException', Message: 'Query does not exist.', ResourceId: Id },
    });
  });

  it('answers a body that is no JSON object with a SerializationException that does not quote it', async () => {
    for (const body of ['{"Sql": "select secret', '[]', '']) {
      const { status, json } = await served.post('ExecuteStatement', body);
      expect(status).toBe(400);
      expect(json['__type']).toBe('SerializationException');
      expect(json['Message']).not.toContain('secret');
    }
  });

  it('answers an operation or a target that it does not have with an UnknownOperationException', async () => {
    expect((await served.post('CloseSession', {})).json['__type']).toBe('UnknownOperationException');
    const foreign = await served.post('', {}, { 'x-amz-target': 'DynamoDB_20120810.GetItem' });
    expect(foreign).toMatchObject({ status: 400, json: { __type: 'UnknownOperationException' } });
  });

  it('refuses a body beyond 1 MB and SQL beyond 200 KB', async () => {
    const huge = await served.post('ExecuteStatement', { ...DEV, Sql: 'x'.repeat(1024 * 1024) });
    expect(huge).toMatchObject({ status: 413, json: { __type: 'RequestEntityTooLargeException' } });
    const comment = `/*${'x'.repeat(200 * 1024)}*/`;
    const long = await served.post('ExecuteStatement', { ...DEV, Sql: `select 1 ${comment}` });
    expect(long).toMatchObject({ status: 400, json: { __type: 'ValidationException' } });
  });

  it('ignores members that the model does not know, and null ones', async () => {
    const body = { ...DEV, Sql: 'select 1', SessionId: null, Unheard: 1, WaitTimeSeconds: 30 };
    expect((await served.post('ExecuteStatement', body)).json).toMatchObject({ Status: 'FINISHED' });
  });

  it('takes the identity from the Authorization header, and an unsigned caller for the local one', async () => {
    const { json } = await served.post('ExecuteStatement', { ...DEV, Sql: 'select 1' });
    const Authorization =
      'AWS4-HMAC-SHA256 Credential=stranger/20260101/us-east-1/redshift-data/aws4_request, Signature=0';
    const asStranger = await served.post('DescribeStatement', { Id: json['Id'] }, { Authorization });
    expect(asStranger.json['Message']).toBe('Query does not exist.');
    expect((await client.send(new DescribeStatementCommand({ Id: String(json['Id']) }))).Id).toBe(json['Id']);
  });
});

describe('the model', () => {
  /** A structure schema of the SDK: kind, namespace, name, traits, member names, member types, required count. */
  type SdkStructure = readonly [number, string, string, unknown, readonly string[], readonly unknown[], number?];

  it.each(DATA_API_OPERATIONS)('of %s has the members of the AWS SDK, and requires at least the same', (operation) => {
    const schemas = sdk as unknown as Record<string, readonly [number, string, string, unknown, () => SdkStructure]>;
    const [, , , , input] = schemas[`${operation}$`] ?? [];
    if (input === undefined) throw new Error(`The SDK has no schema of $operation.`);
    const [, , , , members, , required = 0] = input();
    const ours = REQUEST_SCHEMAS[operation].shape as Record<string, { isOptional(): boolean }>;
    expect(Object.keys(ours).sort()).toEqual([...members].sort());
    for (const member of members.slice(0, required)) expect(ours[member]?.isOptional()).toBe(false);
  });
});

describe('validation', () => {
  const message = async (operation: string, body: object) => {
    const { status, json } = await served.post(operation, body);
    return { status, type: json['__type'], message: String(json['Message']) };
  };
  const submit = (body: object) => message('ExecuteStatement', { ...DEV, Sql: 'select 1', ...body });

  it('names a required member that is missing', async () => {
    expect(await message('ExecuteStatement', DEV)).toEqual({
      status: 400,
      type: 'ValidationException',
      message: "1 validation error detected: Value null at 'sql' failed to satisfy constraint: Member must not be null",
    });
  });

  it('counts what is wrong and does not quote SQL or parameters', async () => {
    const refused = await submit({ ClusterIdentifier: 'Bad_Name', ClientToken: 'x'.repeat(65), WaitTimeSeconds: 31 });
    expect(refused.message).toMatch(/^3 validation errors detected: /);
    expect(refused.message).toContain(
      "Value 'Bad_Name' at 'clusterIdentifier' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    );
    expect(refused.message).toContain(
      "Value '31' at 'waitTimeSeconds' failed to satisfy constraint: Member must have value less than or equal to 30",
    );
    expect(refused.message).not.toContain('xxx');
  });

  it('allows WaitTimeSeconds from 1 to 30', async () => {
    for (const WaitTimeSeconds of [0, 31]) expect((await submit({ WaitTimeSeconds })).type).toBe('ValidationException');
    for (const WaitTimeSeconds of [1, 30]) expect((await submit({ WaitTimeSeconds })).status).toBe(200);
  });

  it('names the values of an enumeration', async () => {
    expect((await submit({ ResultFormat: 'XML' })).message).toContain(
      'Member must satisfy enum value set: [JSON, CSV]',
    );
  });

  it('answers a value of the wrong type with a SerializationException', async () => {
    expect((await submit({ WithEvent: 'yes' })).type).toBe('SerializationException');
    expect((await submit({ Sql: 1 })).type).toBe('SerializationException');
  });

  it('refuses a parameter name that is no word', async () => {
    const refused = await submit({ Sql: 'select :id', Parameters: [{ name: '@id', value: '1' }] });
    expect(refused.message).toContain("at 'parameters.1.member.name'");
  });

  it.each([
    ['no target', { ClusterIdentifier: null }],
    ['a cluster and a workgroup', { WorkgroupName: 'group' }],
    ['no database', { Database: null }],
    ['a user and a secret', { DbUser: 'awsuser', SecretArn: 'awsuser' }],
    ['a user and a workgroup', { ClusterIdentifier: null, WorkgroupName: 'group', DbUser: 'awsuser' }],
    ['SQL without text', { Sql: ' \n' }],
  ])('refuses %s', async (_name, body) => {
    expect(await submit(body)).toMatchObject({ status: 400, type: 'ValidationException' });
  });

  it('answers for a cluster or workgroup that is not there with the text of the service', async () => {
    const expected = { type: 'ValidationException', message: "Redshift endpoint doesn't exist in this region." };
    expect(await submit({ ClusterIdentifier: 'elsewhere' })).toMatchObject(expected);
    expect(await submit({ ClusterIdentifier: null, WorkgroupName: 'group' })).toMatchObject(expected);
  });
});

describe('a ClientToken', () => {
  const submit = (ClientToken: string, Sql: string, caller = client) =>
    caller.send(new ExecuteStatementCommand({ ...DEV, ClientToken, Sql, WaitTimeSeconds: 30 }));

  it('submits once within 8 hours, whatever the later SQL', async () => {
    await harness.admin.query('create table tokens (a int)');
    const first = await submit('one-token', 'insert into tokens values (1)');
    await harness.clock.advance(8 * HOUR_MS - 60_000);
    const second = await submit('one-token', 'insert into tokens values (2)');
    expect(second.Id).toBe(first.Id);
    expect((await harness.admin.query('select a from tokens')).rows).toEqual([{ a: 1 }]);
    await harness.clock.advance(60_000);
    expect((await submit('one-token', 'insert into tokens values (3)')).Id).not.toBe(first.Id);
  });

  it('submits once even when two requests with it come together', async () => {
    const [first, second] = await Promise.all([submit('twins', 'select 1'), submit('twins', 'select 1')]);
    expect(second.Id).toBe(first.Id);
  });

  it('repeats the answer with the session, although the session is busy by then', async () => {
    const body = { ...DEV, Sql: 'select pg_sleep(0.1)', SessionKeepAliveSeconds: 60, ClientToken: 'session-token' };
    const first = await served.post('ExecuteStatement', body);
    const second = await served.post('ExecuteStatement', body);
    expect(second.json).toEqual(first.json);
  });

  it('belongs to its identity', async () => {
    const [mine, theirs] = [
      await submit('shared', 'select 1'),
      await submit('shared', 'select 1', served.client('other')),
    ];
    expect(theirs.Id).not.toBe(mine.Id);
  });
});

describe('retention', () => {
  it('forgets a statement and its result 24 hours after its end', async () => {
    const { Id } = await run(client, 'select 1', { StatementName: 'forgotten' });
    await harness.clock.advance(24 * HOUR_MS - 60_000);
    expect((await client.send(new GetStatementResultCommand({ Id }))).Records).toHaveLength(1);
    await harness.clock.advance(60_000);
    const missing = { name: 'ResourceNotFoundException', message: 'Query does not exist.' };
    expect(await refusal(client.send(new GetStatementResultCommand({ Id })))).toEqual(missing);
    expect(await refusal(client.send(new DescribeStatementCommand({ Id })))).toEqual(missing);
    const { Statements } = await client.send(new ListStatementsCommand({ StatementName: 'forgotten', Status: 'ALL' }));
    expect(Statements).toEqual([]);
  });
});

describe('throttling', () => {
  it('is off unless it is asked for', async () => {
    const calls = Array.from({ length: 30 }, () => client.send(new ListStatementsCommand({ MaxResults: 1 })));
    await expect(Promise.all(calls)).resolves.toHaveLength(30);
  });

  it('refuses calls beyond the documented rate of their operation and lets them in a second later', async () => {
    const throttled = await harness.serve({ throttling: DOCUMENTED_RATES });
    const list = () => throttled.post('ListStatements', {});
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([200, 200, 200]);
    const { status, json } = await list();
    expect({ status, json }).toEqual({
      status: 400,
      json: { __type: 'ThrottlingException', Message: 'Rate exceeded' },
    });
    expect((await throttled.post('ListDatabases', DEV)).status).toBe(200);
    await harness.clock.advance(1000);
    expect((await list()).status).toBe(200);
  });
});

describe('WithEvent', () => {
  const named = (name: string) => events.filter(({ detail }) => detail.statementName === name);

  it('publishes one event when the statement has ended, with neither session nor error', async () => {
    const { Id, RedshiftQueryId } = await run(client, 'select i from generate_series(1, 3) i', {
      WithEvent: true,
      StatementName: 'told',
      SessionKeepAliveSeconds: 60,
    });
    await expect.poll(() => named('told')).toHaveLength(1);
    const [event] = named('told');
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Redshift Data Statement Status Change',
      source: 'aws.redshift-data',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: ['arn:aws:redshift:us-east-1:000000000000:cluster:local'],
      detail: {
        principal: 'arn:aws:iam::000000000000:user/local',
        statementName: 'told',
        statementId: Id,
        redshiftQueryId: RedshiftQueryId,
        state: 'FINISHED',
        rows: 3,
        expireAt: expect.any(Number),
      },
    });
    const inADay = (harness.clock.now().getTime() + 24 * HOUR_MS) / 1000;
    expect(Math.abs((event?.detail.expireAt ?? 0) - inADay)).toBeLessThan(60);
  });

  it('tells of failure and abortion too, and of nothing that did not ask for it', async () => {
    await run(client, 'select 1', { StatementName: 'untold' });
    await run(client, 'select 1/0', { WithEvent: true, StatementName: 'failed' });
    served.dataApi.faults.next('ExecuteStatement', { abort: true });
    await run(client, 'select 1', { WithEvent: true, StatementName: 'aborted' });
    await expect.poll(() => named('aborted').map(({ detail }) => detail.state)).toEqual(['ABORTED']);
    expect(named('failed').map(({ detail }) => detail.state)).toEqual(['FAILED']);
    expect(named('untold')).toEqual([]);
  });

  it('reports a bus that fails and lives on', async () => {
    const { Status } = await run(client, 'select 1', { WithEvent: true, StatementName: 'bus is down' });
    expect(Status).toBe('FINISHED');
    await expect.poll(() => backgroundErrors.map(String)).toContain('Error: The bus is down.');
  });
});

describe('faults', () => {
  it('refuse a call with an error of choice, once', async () => {
    const error = { type: 'InternalServerException', message: 'Something broke.', status: 500 };
    served.dataApi.faults.next('DescribeStatement', { error });
    const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const { status, json } = await served.post('DescribeStatement', { Id });
    expect({ status, json }).toEqual({
      status: 500,
      json: { __type: 'InternalServerException', Message: 'Something broke.' },
    });
    expect((await served.post('DescribeStatement', { Id })).status).toBe(200);
  });

  it('lose an answer after the work is done: the same ClientToken finds the statement', async () => {
    served.dataApi.faults.next('ExecuteStatement', { loseAnswer: true });
    const body = { ...DEV, Sql: 'select 1', ClientToken: 'lost', StatementName: 'lost answer' };
    await expect(served.post('ExecuteStatement', body)).rejects.toThrow('fetch failed');
    const { Statements } = await client.send(
      new ListStatementsCommand({ StatementName: 'lost answer', Status: 'ALL' }),
    );
    const retried = await served.post('ExecuteStatement', body);
    expect(Statements?.map(({ Id }) => Id)).toEqual([retried.json['Id']]);
  });

  it("make the SDK's own retry of a 500 submit only once", async () => {
    served.dataApi.faults.next('ExecuteStatement', { loseAnswer: true });
    const retrying = new sdk.RedshiftDataClient({
      region: 'us-east-1',
      endpoint: served.endpoint,
      credentials: { accessKeyId: 'retrying', secretAccessKey: 'unused' },
    });
    await retrying.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const { Statements } = await retrying.send(new ListStatementsCommand({ Status: 'ALL' }));
    expect(Statements).toHaveLength(1);
    retrying.destroy();
  });

  it("delay a call on the cloud's clock", async () => {
    served.dataApi.faults.next('ListStatements', { delayMs: HOUR_MS });
    let answered = false;
    const answer = served.post('ListStatements', {}).then((raw) => {
      answered = true;
      return raw;
    });
    const before = served.dataApi.calls.ListStatements;
    await expect.poll(() => served.dataApi.calls.ListStatements).toBe(before + 1);
    expect(answered).toBe(false);
    await harness.clock.advance(HOUR_MS);
    expect((await answer).status).toBe(200);
  });

  it('fail or abort a statement without running it', async () => {
    served.dataApi.faults.next('ExecuteStatement', { fail: 'ERROR: out of memory' });
    served.dataApi.faults.next('ExecuteStatement', { abort: true });
    const failed = await run(client, 'drop table pg_catalog.nothing');
    expect(failed).toMatchObject({ Status: 'FAILED', Error: 'ERROR: out of memory' });
    expect((await run(client, 'select 1')).Status).toBe('ABORTED');
    expect((await run(client, 'select 1')).Status).toBe('FINISHED');
  });

  it.each(['SUBMITTED', 'PICKED', 'STARTED'] as const)(
    'keep a statement in %s until it is cancelled',
    async (stayIn) => {
      served.dataApi.faults.next('ExecuteStatement', { stayIn });
      const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
      const status = async () => (await client.send(new DescribeStatementCommand({ Id }))).Status;
      await expect.poll(status).toBe(stayIn);
      await harness.clock.advance(HOUR_MS);
      expect(await status()).toBe(stayIn);
      await client.send(new CancelStatementCommand({ Id }));
      await expect.poll(status).toBe('ABORTED');
    },
  );

  it('of a statement are refused on operations that submit none', () => {
    expect(() => served.dataApi.faults.next('ListSessions', { abort: true })).toThrow(TypeError);
  });
});

describe('calls', () => {
  it('are counted per operation, refused ones included', async () => {
    const fresh = await harness.serve();
    await fresh.post('ListSessions', {});
    await fresh.post('ListSessions', { SessionId: 'nonsense' });
    await fresh.post('NoSuchOperation', {});
    expect(fresh.dataApi.calls).toMatchObject({ ListSessions: 2, ExecuteStatement: 0 });
    expect(Object.keys(fresh.dataApi.calls)).toHaveLength(12);
  });
});

describe('a caller that hangs up', () => {
  it('ends its long poll, so that it no longer counts as waiting', async () => {
    const narrow = await harness.serve({ quotas: { waitingRequests: 1 } });
    narrow.dataApi.faults.next('ExecuteStatement', { stayIn: 'SUBMITTED' });
    const { json } = await narrow.post('ExecuteStatement', { ...DEV, Sql: 'select 1' });
    const hangUp = new AbortController();
    const poll = narrow.client().send(new DescribeStatementCommand({ Id: String(json['Id']), WaitTimeSeconds: 30 }), {
      abortSignal: hangUp.signal,
    });
    const ended = refusal(poll);
    await expect.poll(() => narrow.dataApi.calls.DescribeStatement).toBe(1);
    hangUp.abort();
    expect((await ended).name).toBe('AbortError');
    // The next long poll is let in once the server has seen the first one go; it ends when its second is over.
    const pollAgain = async () => {
      const { calls } = narrow.dataApi;
      const before = calls.DescribeStatement;
      const answer = narrow.post('DescribeStatement', { Id: json['Id'], WaitTimeSeconds: 1 });
      await expect.poll(() => calls.DescribeStatement).toBe(before + 1);
      await harness.clock.advance(1000);
      return (await answer).json['Status'];
    };
    await expect.poll(pollAgain).toBe('SUBMITTED');
  });
});
