import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataApiPoolWarehouse } from '../../src/pool/data-api-pool-warehouse.ts';
import type { PoolStatement } from '../../src/pool/pool-warehouse.ts';
import { type AwsJsonServer, startAwsJsonServer, wireError } from '../support/aws-json-server.ts';
import { createTestClock } from '../support/test-clock.ts';

const ID = '5c1d2e3f-1111-4222-8333-444455556666';
const SESSION = '0d5b8f0e-8d51-4f6e-9b0b-6b5f3c2a1d10';
const TARGET = { name: 'analytics', cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };

const clock = createTestClock();
let server: AwsJsonServer;
let client: RedshiftDataClient;

beforeAll(async () => {
  server = await startAwsJsonServer();
  client = new RedshiftDataClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

const warehouse = () => createDataApiPoolWarehouse({ client, target: TARGET, now: clock.now });

const onWorkgroup = () =>
  createDataApiPoolWarehouse({
    client,
    target: {
      name: 'analytics',
      workgroup: 'reports-1',
      database: 'dev',
      dbUserTemplate: 'tenant_{tenantId}',
      secretTemplate: 'slotkeeper/{tenantId}',
    },
    now: clock.now,
  });

function statement(changes: Partial<PoolStatement> = {}): PoolStatement {
  return {
    sql: 'select secret_column from t where id = :id',
    parameters: { id: '42' },
    place: { kind: 'reuse', sessionId: SESSION },
    clientToken: 'token-1',
    name: 'slotkeeper/v1/analytics/acme/0/x/1',
    withEvent: false,
    waitSeconds: 5,
    notAfter: new Date(clock.now().getTime() + 10_000),
    ...changes,
  };
}

async function errorOf(action: Promise<unknown>): Promise<Error> {
  return action.then(
    () => {
      throw new Error('Expected a rejection.');
    },
    (error: Error) => error,
  );
}

describe('submit', () => {
  it('names a reused session alone, and says what the answer told after the wait', async () => {
    server.answerWith({
      body: { Id: ID, SessionId: SESSION, Status: 'FINISHED', RedshiftPid: 1073, HasResultSet: true },
    });
    expect(await warehouse().submit(statement())).toEqual({
      statementId: ID,
      sessionId: SESSION,
      status: 'FINISHED',
      pid: 1073,
      hasResultSet: true,
    });
    expect(server.requests[0]?.body).toEqual({
      Sql: 'select secret_column from t where id = :id',
      ClientToken: 'token-1',
      StatementName: 'slotkeeper/v1/analytics/acme/0/x/1',
      Parameters: [{ name: 'id', value: '42' }],
      WaitTimeSeconds: 5,
      SessionId: SESSION,
    });
  });

  it('opens a session as the tenant, with an event where one is asked for', async () => {
    server.answerWith({ body: { Id: ID, SessionId: SESSION } });
    const place = { kind: 'new', database: 'dev', dbUser: 'tenant_acme', keepAliveSeconds: 300 } as const;
    const answer = await warehouse().submit(statement({ place, withEvent: true, waitSeconds: null, parameters: {} }));
    expect(answer).toEqual({ statementId: ID, sessionId: SESSION, status: null, pid: null, hasResultSet: null });
    expect(server.requests[0]?.body).toEqual({
      Sql: 'select secret_column from t where id = :id',
      ClientToken: 'token-1',
      StatementName: 'slotkeeper/v1/analytics/acme/0/x/1',
      WithEvent: true,
      ClusterIdentifier: 'local',
      Database: 'dev',
      DbUser: 'tenant_acme',
      SessionKeepAliveSeconds: 300,
    });
  });

  it("opens a workgroup's session with the tenant's secret, and names no database user", async () => {
    server.answerWith({ body: { Id: ID, SessionId: SESSION } });
    const place = { kind: 'new', database: 'dev', dbUser: 'tenant_acme', keepAliveSeconds: 300 } as const;
    await onWorkgroup().submit(statement({ place, parameters: {}, waitSeconds: null }));
    expect(server.requests[0]?.body).toEqual({
      Sql: 'select secret_column from t where id = :id',
      ClientToken: 'token-1',
      StatementName: 'slotkeeper/v1/analytics/acme/0/x/1',
      WorkgroupName: 'reports-1',
      SecretArn: 'slotkeeper/acme',
      Database: 'dev',
      SessionKeepAliveSeconds: 300,
    });
  });

  it.each([
    ['the name of a tenant’s secret', { SecretArn: 'slotkeeper/acme' }, 'tenant_acme'],
    [
      'its ARN',
      { SecretArn: 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:slotkeeper/acme-A1b2C3' },
      'tenant_acme',
    ],
    ['a stranger’s secret, whatever user is named', { SecretArn: 'other/acme', DbUser: 'tenant_acme' }, null],
    ['no secret', { DbUser: 'IAMR:tenants' }, 'IAMR:tenants'],
  ])('tells who ran a statement of a workgroup by %s', async (_, members, dbUser) => {
    server.answerWith({
      body: { Id: ID, Status: 'FINISHED', WorkgroupName: 'reports-1', Database: 'dev', ...members },
    });
    expect(await onWorkgroup().describe(ID, null)).toMatchObject({ database: 'dev', dbUser });
  });

  it.each([
    ['ValidationException', 'Session is not available', 'SessionUnavailable'],
    ['ValidationException', `Session with Id: ${SESSION} is invalid`, 'SessionUnavailable'],
    ['ActiveSessionsExceededException', 'Number of active sessions exceeds the limit.', 'SubmitRefused'],
    ['ActiveStatementsExceededException', 'Number of active statements exceeds the limit.', 'SubmitRefused'],
    ['ValidationException', 'Parameters list contains unused parameters.', 'BadRequest'],
    ['ValidationException', "Redshift endpoint doesn't exist in this region.", 'DataApiFailed'],
    ['AccessDeniedException', 'Not authorized.', 'DataApiFailed'],
  ])('tells %s "%s" as %s', async (type, message, name) => {
    server.answerWith(wireError(type, message));
    expect((await errorOf(warehouse().submit(statement()))).name).toBe(name);
  });

  it('keeps SQL, long values and the SessionId out of errors and their causes', async () => {
    server.answerWith(wireError('ValidationException', `Parameters: ${statement().sql} for ${SESSION} with topsecret`));
    const error = await errorOf(warehouse().submit(statement({ parameters: { id: 'topsecret' } })));
    const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error)} ${error.stack}`;
    expect(told).not.toContain('secret_column');
    expect(told).not.toContain(SESSION);
    expect(told).not.toContain('topsecret');
  });

  it('does not let a try leave after the lease', async () => {
    server.answerWith({ body: { Id: ID } });
    const error = await errorOf(warehouse().submit(statement({ notAfter: new Date(clock.now().getTime() - 1) })));
    expect(error).toMatchObject({ name: 'SubmitRefused', reason: 'lease-over' });
    expect(server.requests).toHaveLength(0);
  });

  it.each([
    ['ThrottlingException', 400, { name: 'SubmitRefused', reason: 'lease-over' }],
    ['InternalServerException', 500, { name: 'DataApiFailed', reason: 'LeaseOver' }],
  ])(
    "does not let the SDK's own try after %s leave after the lease, and claims only what it knows",
    async (type, status, expected) => {
      let looks = 0;
      const late = createDataApiPoolWarehouse({
        client,
        target: TARGET,
        now: () => new Date(clock.now().getTime() + (looks++ === 0 ? 0 : 60_000)),
      });
      server.answerWith({ ...wireError(type, 'Rate exceeded'), status }, { body: { Id: ID } });
      expect(await errorOf(late.submit(statement()))).toMatchObject(expected);
      expect(server.requests).toHaveLength(1);
    },
  );

  it.each([
    ['ThrottlingException', 'Rate exceeded', 3],
    ['ActiveStatementsExceededException', 'Number of active statements exceeds the limit.', 2],
    ['ValidationException', 'Session is not available', 2],
    ['ValidationException', 'Parameters list contains unused parameters.', 2],
    ['AccessDeniedException', 'Not authorized.', 2],
  ])('does not call it refused when %s "%s" follows a try without an answer', async (type, message, tries) => {
    const refusal = wireError(type, message);
    server.answerWith({ ...wireError('InternalServerException', 'Try again'), status: 500 }, refusal, refusal);
    const error = await errorOf(warehouse().submit(statement()));
    expect(error).toMatchObject({ name: 'DataApiFailed', reason: 'AnswerLost' });
    expect(error.message).toContain('whether the statement ran is not known');
    expect(server.requests).toHaveLength(tries);
  });

  it('repeats a throttled submission with the same client token', async () => {
    server.answerWith(wireError('ThrottlingException', 'Rate exceeded'), { body: { Id: ID } });
    expect(await warehouse().submit(statement())).toMatchObject({ statementId: ID });
    expect(server.requests.map(({ body }) => body['ClientToken'])).toEqual(['token-1', 'token-1']);
  });
});

describe('fetchPage', () => {
  const columns = [
    { name: 'big', label: 'big', typeName: 'int8' },
    { name: 'price', label: 'price', typeName: 'numeric' },
    { name: 'ratio', label: 'ratio', typeName: 'float8' },
    { name: 'note', label: 'note', typeName: 'varchar' },
    { name: 'ok', label: 'ok', typeName: 'bool' },
  ];

  it('keeps every digit: integers beyond 2^53 and decimals are texts, NaN too', async () => {
    server.answerWith({
      body: `{"ColumnMetadata":${JSON.stringify(columns)},"TotalNumRows":3,"NextToken":"more","Records":[
        [{"longValue":9223372036854775807},{"stringValue":"12345678901234567890.10"},{"doubleValue":0.1},{"stringValue":"\\"longValue\\":9223372036854775807,"},{"booleanValue":true}],
        [{"longValue":9007199254740991},{"isNull":true},{"doubleValue":"NaN"},{"stringValue":"é"},{"booleanValue":false}],
        [{"longValue" : -9007199254740993 },{"isNull":true},{"doubleValue":1e300},{"stringValue":""},{"isNull":true}]]}`,
    });
    expect(await warehouse().fetchPage(ID, null)).toEqual({
      columns: columns.map(({ name, typeName }) => ({ name, type: typeName })),
      rows: [
        ['9223372036854775807', '12345678901234567890.10', 0.1, '"longValue":9223372036854775807,', true],
        [9007199254740991, null, 'NaN', 'é', false],
        ['-9007199254740993', null, 1e300, '', null],
      ],
      nextToken: 'more',
    });
  });

  it('says which column has a value that it cannot carry', async () => {
    server.answerWith({
      body: { ColumnMetadata: [{ name: 'b', typeName: 'varbyte' }], Records: [[{ blobValue: 'AAE=' }]] },
    });
    expect((await errorOf(warehouse().fetchPage(ID, null))).message).toContain("column 'b', got a value binary");
  });
});

describe('findSession', () => {
  it('tells an unknown session by null and a known one by its status', async () => {
    server.answerWith(
      { ...wireError('ResourceNotFoundException', 'Session does not exist.', { ResourceId: SESSION }), status: 400 },
      { body: { Sessions: [{ SessionId: SESSION, Status: 'CLOSED', CreatedAt: 1795186800 }] } },
    );
    expect(await warehouse().findSession(SESSION)).toBeNull();
    expect(await warehouse().findSession(SESSION)).toMatchObject({ status: 'CLOSED', currentStatementId: null });
  });

  it('does not repeat the SessionId in its errors', async () => {
    server.answerWith(wireError('AccessDeniedException', `not allowed on ${SESSION}`));
    const error = await errorOf(warehouse().findSession(SESSION));
    expect(error.name).toBe('DataApiFailed');
    expect(`${error.message} ${String(error.cause)}`).not.toContain(SESSION);
  });
});

it('lists all sessions and statements over their pages', async () => {
  const session = (SessionId: string) => ({ SessionId, Status: 'BUSY', CreatedAt: 1795186800 });
  server.answerWith({ body: { Sessions: [session('a')], NextToken: 't' } }, { body: { Sessions: [session('b')] } });
  expect((await warehouse().listSessions()).map(({ sessionId }) => sessionId)).toEqual(['a', 'b']);
  server.answerWith(
    { body: { Statements: [{ Id: 'x', SessionId: 's' }], NextToken: 't' } },
    { body: { Statements: [{ Id: 'y' }] } },
  );
  expect(await warehouse().findStatements('slotkeeper/')).toEqual([
    { statementId: 'x', sessionId: 's' },
    { statementId: 'y', sessionId: null },
  ]);
  expect(server.requests[0]?.body).toMatchObject({ StatementName: 'slotkeeper/', Status: 'ALL' });
});
