import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataApiWarehouse } from '../../src/warehouse/data-api-warehouse.ts';
import type { Statement, Warehouse } from '../../src/warehouse/warehouse.ts';
import { type AwsJsonServer, startAwsJsonServer, type WireAnswer, wireError } from '../support/aws-json-server.ts';
import { exampleTarget } from '../support/example-target.ts';

const ID = '5c1d2e3f-1111-4222-8333-444455556666';
const SESSION = '0d5b8f0e-8d51-4f6e-9b0b-6b5f3c2a1d10';
const SQL = 'select process from stv_sessions where process = :pid';

let server: AwsJsonServer;
let client: RedshiftDataClient;
let warehouse: Warehouse;

beforeAll(async () => {
  server = await startAwsJsonServer();
  client = new RedshiftDataClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  warehouse = createDataApiWarehouse({ client, target: exampleTarget() });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

function statement(changes: Partial<Statement> = {}): Statement {
  return { sql: SQL, parameters: { pid: '1073' }, session: { kind: 'none' }, clientToken: 'run-1-look-0', ...changes };
}

/** Column metadata as a provisioned cluster sends it: the label is the alias, the name the column's own. */
function columns(...labels: string[]) {
  return labels.map((label) => ({
    isCaseSensitive: false,
    label,
    name: `${label}_`,
    nullable: 1,
    typeName: 'varchar',
  }));
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
  const accepted: WireAnswer = { body: { Id: ID, CreatedAt: 1795186800.123, SessionId: SESSION } };

  it('names cluster, database and user for a statement of its own', async () => {
    server.answerWith({ body: { Id: ID, CreatedAt: 1795186800.123 } });
    expect(await warehouse.submit(statement())).toEqual({ statementId: ID, sessionId: null });
    expect(server.requests).toEqual([
      {
        operation: 'ExecuteStatement',
        body: {
          Sql: SQL,
          Parameters: [{ name: 'pid', value: '1073' }],
          ClusterIdentifier: 'local',
          Database: 'dev',
          DbUser: 'awsuser',
          ClientToken: 'run-1-look-0',
        },
      },
    ]);
  });

  it('names the secret in place of the user, and neither where IAM maps the caller', async () => {
    const secretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:reaper';
    for (const [target, expected] of [
      [exampleTarget({ dbUser: null, secretArn }), { SecretArn: secretArn }],
      [exampleTarget({ dbUser: null }), {}],
    ] as const) {
      server.answerWith(accepted);
      await createDataApiWarehouse({ client, target }).submit(statement({ parameters: {} }));
      expect(server.requests[0]?.body).toEqual({
        Sql: SQL,
        ClusterIdentifier: 'local',
        Database: 'dev',
        ClientToken: 'run-1-look-0',
        ...expected,
      });
    }
  });

  it('asks for a kept session, and gives its id back', async () => {
    server.answerWith(accepted);
    const session = { kind: 'new', keepAliveSeconds: 3600 } as const;
    expect(await warehouse.submit(statement({ session }))).toEqual({ statementId: ID, sessionId: SESSION });
    expect(server.requests[0]?.body).toMatchObject({ SessionKeepAliveSeconds: 3600, ClusterIdentifier: 'local' });
  });

  it('sends a session to reuse without cluster, database or user', async () => {
    for (const [keepAlive, members] of [
      [{}, {}],
      [{ keepAliveSeconds: 0 }, { SessionKeepAliveSeconds: 0 }],
    ] as const) {
      server.answerWith(accepted);
      await warehouse.submit(statement({ session: { kind: 'reuse', sessionId: SESSION, ...keepAlive } }));
      expect(server.requests[0]?.body).toEqual({
        Sql: SQL,
        Parameters: [{ name: 'pid', value: '1073' }],
        SessionId: SESSION,
        ClientToken: 'run-1-look-0',
        ...members,
      });
    }
  });

  it.each([
    ['busy or closed', 'Session is not available'],
    ['unknown', `Session with Id: ${SESSION} is invalid`],
    [
      'malformed',
      `1 validation error detected: Value '${SESSION}' at 'sessionId' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-z0-9]{8}`,
    ],
    ['malformed, in short', 'sessionId must satisfy regex pattern: [a-z0-9]{8}'],
  ])('says SessionUnavailable for a session that is %s, without its id or the SQL', async (_what, message) => {
    server.answerWith(wireError('ValidationException', message));
    const error = await errorOf(warehouse.submit(statement({ session: { kind: 'reuse', sessionId: SESSION } })));
    expect(error.name).toBe('SessionUnavailable');
    expect(error.cause).toMatchObject({ name: 'ValidationException' });
    for (const text of [error.message, String(error.cause), JSON.stringify(error), (error.cause as Error).stack]) {
      expect(text).not.toContain(SESSION);
      expect(text).not.toContain('stv_sessions');
    }
  });

  it('says DataApiFailed with the reason for every other refusal, without the SQL', async () => {
    server.answerWith(
      wireError('ValidationException', `1 validation error detected: Value '${SQL}' at 'sql' is too long`),
    );
    const error = await errorOf(warehouse.submit(statement()));
    expect(error).toMatchObject({ name: 'DataApiFailed', reason: 'ValidationException' });
    expect(error.message).toContain('ExecuteStatement for target analytics');
    expect(error.message).toContain("at 'sql' is too long");
    expect(error.message).not.toContain('stv_sessions');

    server.answerWith(wireError('ActiveSessionsExceededException', 'Too many active sessions.'));
    expect(await errorOf(warehouse.submit(statement()))).toMatchObject({ reason: 'ActiveSessionsExceededException' });

    server.answerWith(wireError('ValidationException', 'Session is not available'));
    expect(await errorOf(warehouse.submit(statement()))).toMatchObject({ name: 'DataApiFailed' });
  });

  it('refuses what the service would refuse in any case, and sends nothing', async () => {
    server.answerWith();
    for (const [wrong, message] of [
      [{ parameters: { pid: '' } }, /'pid'.*empty/],
      [{ parameters: { 'p-id': '1' } }, /'p-id'.*letters/],
      [{ clientToken: '' }, /client token of 1 to 64/],
      [{ clientToken: 'x'.repeat(65) }, /got 65/],
    ] as const) {
      const error = await errorOf(warehouse.submit(statement(wrong)));
      expect(error.name).toBe('StatementInvalid');
      expect(error.message).toMatch(message);
    }
    expect(server.requests).toEqual([]);
  });
});

describe('describe', () => {
  it('tells state, error, pid and session of a statement', async () => {
    server.answerWith(
      {
        body: {
          Id: ID,
          Status: 'FAILED',
          Error: 'ERROR: permission denied',
          RedshiftPid: 1073,
          SessionId: SESSION,
          HasResultSet: false,
          ResultRows: -1,
          Duration: 5000000,
          CreatedAt: 1795186800.123,
          UpdatedAt: 1795186801.5,
        },
      },
      { body: { Id: ID, Status: 'SUBMITTED', RedshiftPid: 0 } },
    );
    expect(await warehouse.describe(ID)).toEqual({
      statementId: ID,
      status: 'FAILED',
      error: 'ERROR: permission denied',
      pid: 1073,
      sessionId: SESSION,
      hasResultSet: false,
      resultRows: -1,
    });
    expect(await warehouse.describe(ID)).toEqual({
      statementId: ID,
      status: 'SUBMITTED',
      error: null,
      pid: null,
      sessionId: null,
      hasResultSet: false,
      resultRows: -1,
    });
  });

  it('lets the service wait, and asks plainly where too many wait for the statement already', async () => {
    const started: WireAnswer = { body: { Id: ID, Status: 'STARTED' } };
    const tooMany = wireError('ActiveWaitingRequestsExceededException', 'Too many wait.');
    server.answerWith(started, tooMany, started);
    for (const _ of ['waited', 'at once']) {
      expect(await warehouse.describe(ID, { waitSeconds: 10 })).toMatchObject({ status: 'STARTED' });
    }
    expect(server.requests.slice(-3).map(({ body }) => body)).toEqual([
      { Id: ID, WaitTimeSeconds: 10 },
      { Id: ID, WaitTimeSeconds: 10 },
      { Id: ID },
    ]);
  });

  it('says StatementUnknown once the service has forgotten it, whatever the HTTP status', async () => {
    const forgotten = wireError('ResourceNotFoundException', 'Query does not exist.', { ResourceId: ID });
    server.answerWith(forgotten, { ...forgotten, status: 404 });
    for (const _ of [400, 404]) {
      expect(await errorOf(warehouse.describe(ID))).toMatchObject({ name: 'StatementUnknown' });
    }
  });

  it('refuses a status that it does not know', async () => {
    server.answerWith({ body: { Id: ID, Status: 'PONDERING' } });
    const error = await errorOf(warehouse.describe(ID));
    expect(error).toMatchObject({ name: 'DataApiFailed', reason: null });
    expect(error.message).toContain('known Status');
  });
});

describe('fetchRows', () => {
  const page = (records: unknown[], more: Record<string, unknown> = {}): WireAnswer => ({
    body: { Records: records, ColumnMetadata: columns('process', 'user_name', 'idle', 'own', 'share'), ...more },
  });

  it('reads every kind of value under the name that the query gave the column', async () => {
    server.answerWith(
      page([
        [
          { longValue: 1073 },
          { stringValue: 'bi_reader           ' },
          { stringValue: '3722.123456' },
          { booleanValue: false },
          { doubleValue: 0.25 },
        ],
        [{ longValue: 0 }, { stringValue: '' }, { isNull: true }, { booleanValue: true }, { isNull: true }],
      ]),
    );
    expect(await warehouse.fetchRows(ID)).toEqual([
      { process: 1073, user_name: 'bi_reader           ', idle: '3722.123456', own: false, share: 0.25 },
      { process: 0, user_name: '', idle: null, own: true, share: null },
    ]);
  });

  it('reads all pages in order, by the column names of the first', async () => {
    const row = (pid: number) => [
      { longValue: pid },
      { stringValue: 'a' },
      { isNull: true },
      { booleanValue: true },
      { isNull: true },
    ];
    server.answerWith(page([row(1), row(2)], { NextToken: 'p2' }), page([], { NextToken: 'p3' }), {
      body: { Records: [row(3)] },
    });
    expect((await warehouse.fetchRows(ID)).map((found) => found['process'])).toEqual([1, 2, 3]);
    expect(server.requests.map(({ body }) => body['NextToken'])).toEqual([undefined, 'p2', 'p3']);
  });

  it('has no rows where the statement has no result set', async () => {
    server.answerWith(
      wireError(
        'ResourceNotFoundException',
        'Query does not have result. Please check query status with DescribeStatement.',
        { ResourceId: ID },
      ),
    );
    expect(await warehouse.fetchRows(ID)).toEqual([]);
  });

  it('lets the service wait, and asks plainly where too many wait for the statement already', async () => {
    const started: WireAnswer = { body: { Id: ID, Status: 'STARTED' } };
    const tooMany = wireError('ActiveWaitingRequestsExceededException', 'Too many wait.');
    server.answerWith(started, tooMany, started);
    for (const _ of ['waited', 'at once']) {
      expect(await warehouse.describe(ID, { waitSeconds: 10 })).toMatchObject({ status: 'STARTED' });
    }
    expect(server.requests.slice(-3).map(({ body }) => body)).toEqual([
      { Id: ID, WaitTimeSeconds: 10 },
      { Id: ID, WaitTimeSeconds: 10 },
      { Id: ID },
    ]);
  });

  it('says StatementUnknown once the service has forgotten the statement', async () => {
    server.answerWith(wireError('ResourceNotFoundException', 'Query does not exist.', { ResourceId: ID }));
    expect(await errorOf(warehouse.fetchRows(ID))).toMatchObject({ name: 'StatementUnknown' });
  });

  it('reads integers up to 2^53 exactly and refuses those beyond, which the SDK has rounded', async () => {
    const one = (digits: string): WireAnswer => ({
      body: `{"Records":[[{"longValue":${digits}}]],"ColumnMetadata":[{"label":"xid"}],"TotalNumRows":1}`,
    });
    server.answerWith(one('9007199254740991'), one('9007199254740993'), one('-9223372036854775808'));
    expect(await warehouse.fetchRows(ID)).toEqual([{ xid: 9007199254740991 }]);
    for (const _ of ['above', 'below']) {
      const error = await errorOf(warehouse.fetchRows(ID));
      expect(error.name).toBe('ResultUnreadable');
      expect(error.message).toMatch(/column 'xid' is beyond 2\^53.*varchar/);
    }
  });

  it('refuses binary values, values of an unknown kind, columns of one name and ragged records', async () => {
    const result = (labels: string[], record: unknown[]): WireAnswer => ({
      body: { Records: [record], ColumnMetadata: columns(...labels) },
    });
    server.answerWith(
      result(['a'], [{ blobValue: 'aGk=' }]),
      result(['a'], [{ listValue: [] }]),
      result(['a', 'a'], [{ longValue: 1 }, { longValue: 2 }]),
      result(['a', 'b'], [{ longValue: 1 }]),
      { body: { Records: [[{ longValue: 1 }]], ColumnMetadata: [{}] } },
    );
    for (const message of [/binary/, /unknown kind/, /'a' twice/, /2 fields.*got 1/, /column 1 has none/]) {
      const error = await errorOf(warehouse.fetchRows(ID));
      expect(error.name).toBe('ResultUnreadable');
      expect(error.message).toMatch(message);
    }
  });

  it('does not follow a page that names itself as the next', async () => {
    server.answerWith(page([], { NextToken: 'p2' }), page([], { NextToken: 'p2' }));
    expect(await errorOf(warehouse.fetchRows(ID))).toMatchObject({ name: 'ResultUnreadable' });
  });

  it('says DataApiFailed when it is throttled', async () => {
    server.answerWith(wireError('ThrottlingException', 'Rate exceeded'));
    expect(await errorOf(warehouse.fetchRows(ID))).toMatchObject({
      name: 'DataApiFailed',
      reason: 'ThrottlingException',
      message: 'GetStatementResult for target analytics: the Data API answered ThrottlingException: Rate exceeded',
    });
  });
});

describe('cancel', () => {
  it('resolves when the service takes it', async () => {
    server.answerWith({ body: { Status: true } });
    await warehouse.cancel(ID);
    expect(server.requests).toEqual([{ operation: 'CancelStatement', body: { Id: ID } }]);
  });

  it.each(['FINISHED', 'ABORTED', 'FAILED'])('resolves when the statement was already %s', async (state) => {
    server.answerWith(
      wireError('ValidationException', `Could not cancel a query that is already in ${state} state with ID: ${ID}`),
    );
    await expect(warehouse.cancel(ID)).resolves.toBeUndefined();
  });

  it('looks again when the service says that it did not cancel', async () => {
    server.answerWith({ body: { Status: false } }, { body: { Id: ID, Status: 'FINISHED' } });
    await warehouse.cancel(ID);
    server.answerWith({ body: { Status: false } }, { body: { Id: ID, Status: 'STARTED' } });
    expect(await errorOf(warehouse.cancel(ID))).toMatchObject({ name: 'DataApiFailed', reason: null });
  });

  it('says StatementUnknown for a statement that the service does not know', async () => {
    server.answerWith(wireError('ResourceNotFoundException', 'Query does not exist.', { ResourceId: ID }));
    expect(await errorOf(warehouse.cancel(ID))).toMatchObject({ name: 'StatementUnknown' });
  });

  it('says DataApiFailed when the cluster cannot be reached', async () => {
    server.answerWith({ status: 500, body: { __type: 'DatabaseConnectionException', Message: 'no route' } });
    expect(await errorOf(warehouse.cancel(ID))).toMatchObject({ reason: 'DatabaseConnectionException' });
  });
});
