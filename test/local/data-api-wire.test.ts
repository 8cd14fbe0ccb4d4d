import * as sdk from '@aws-sdk/client-redshift-data';
import { DescribeStatementCommand, type RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA_API_OPERATIONS } from '../../local/data-api/data-api-operation.ts';
import { REQUEST_SCHEMAS } from '../../local/data-api/request-schemas.ts';
import { DEV, type Harness, type ServedDataApi, startHarness } from './data-api-harness.ts';

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness();
  served = await harness.serve();
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
    const deep = `{"Sql":"select secret","x":${'['.repeat(60_000)}${']'.repeat(60_000)}}`;
    for (const body of ['{"Sql": "select secret', '[]', '', deep, '\ufeff{}']) {
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

  it('refuses a request with a toString of its own as any other, and repeats no member of it', async () => {
    const hostile = { Sql: "select 'secret'", ClusterIdentifier: { length: { toString: '' } }, toString: true };
    const refused = await submit(hostile);
    expect(refused).toMatchObject({ status: 400, type: 'ValidationException' });
    expect(refused.message).not.toContain('secret');
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
    ['a user whose name begins another setting', { DbUser: 'awsuser\0database\0postgres' }],
    ['a database with a NUL', { Database: 'dev\0' }],
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
