import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  GetStatementResultCommand,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListSessionsCommand,
  ListStatementsCommand,
  ListTablesCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';
import { openSession, sessionOf } from './data-api-session-tools.ts';

const HOUR_MS = 3_600_000;

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness();
  await harness.admin.query('create table orders (id int not null, note varchar(20), price numeric(10,2))');
  await harness.admin.query("insert into orders values (1, 'first', 1.5), (2, null, 20)");
  served = await harness.serve();
  client = served.client();
});

afterAll(() => harness.stop());

describe('ListStatements', () => {
  it("shows the caller's finished statements, newest first, by prefix of the name, in pages", async () => {
    const own = served.client('lister');
    for (const name of ['job-1', 'job-2', 'job-3', 'other']) await run(own, 'select 1', { StatementName: name });
    await run(own, 'select 1/0', { StatementName: 'job-failed' });
    const list = async (options: object) => {
      const { Statements = [], NextToken } = await own.send(new ListStatementsCommand(options));
      return { names: Statements.map(({ StatementName }) => StatementName), NextToken };
    };
    expect((await list({})).names).toEqual(['other', 'job-3', 'job-2', 'job-1']);
    expect((await list({ Status: 'FAILED' })).names).toEqual(['job-failed']);
    expect((await list({ Status: 'ALL', StatementName: 'JOB' })).names).toEqual([]);
    const first = await list({ StatementName: 'job-', MaxResults: 2 });
    expect(first.names).toEqual(['job-3', 'job-2']);
    await run(own, 'select 1', { StatementName: 'job-4' });
    const second = await list({ StatementName: 'job-', MaxResults: 2, NextToken: first.NextToken });
    expect(second).toEqual({ names: ['job-1'], NextToken: undefined });
    expect((await list({ Database: 'elsewhere', ClusterIdentifier: 'local' })).names).toEqual([]);
  });

  it('tells a batch by its statements', async () => {
    const own = served.client('batch-lister');
    const { Id } = await own.send(
      new BatchExecuteStatementCommand({ ...DEV, Sqls: ['select 1', 'select 2'], WaitTimeSeconds: 30 }),
    );
    const { Statements } = await own.send(new ListStatementsCommand({}));
    expect(Statements).toMatchObject([{ Id, IsBatchStatement: true, QueryStrings: ['select 1', 'select 2'] }]);
  });
});

describe('ListSessions', () => {
  it('shows open sessions unless a status is named, by database and cluster', async () => {
    const own = served.client('session-lister');
    const open = await openSession(own, 600);
    const closed = await openSession(own, 600);
    await run(own, 'select 1', { SessionId: closed.SessionId, SessionKeepAliveSeconds: 0 });
    const list = async (options: object) =>
      ((await own.send(new ListSessionsCommand(options))).Sessions ?? []).map(({ SessionId }) => SessionId);
    expect(await list({})).toEqual([open.SessionId]);
    expect(await list({ Status: 'CLOSED' })).toEqual([closed.SessionId]);
    expect(await list({ Database: 'dev', ClusterIdentifier: 'local' })).toEqual([open.SessionId]);
    expect(await list({ Database: 'elsewhere' })).toEqual([]);
    await harness.clock.advance(24 * HOUR_MS);
    expect(await list({ Status: 'CLOSED' })).toEqual([]);
  });

  it('tells where a session is connected and how long it is kept', async () => {
    const { SessionId } = await openSession(client, 600);
    const session = await sessionOf(client, SessionId);
    expect(session).toMatchObject({
      Status: 'AVAILABLE',
      Database: 'dev',
      DbUser: 'awsuser',
      ClusterIdentifier: 'local',
      SessionAliveSeconds: 600,
    });
    expect((session?.SessionTtl?.getTime() ?? 0) - (session?.UpdatedAt?.getTime() ?? 0)).toBe(600_000);
    expect(session).not.toHaveProperty('CurrentStatementId');
  });

  it('gives pages', async () => {
    const own = served.client('session-pager');
    const opened = [];
    for (let count = 0; count < 3; count += 1) opened.push((await openSession(own, 60)).SessionId);
    const first = await own.send(new ListSessionsCommand({ MaxResults: 2 }));
    const second = await own.send(new ListSessionsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const ids = [...(first.Sessions ?? []), ...(second.Sessions ?? [])].map(({ SessionId }) => SessionId);
    expect(ids).toEqual(opened.reverse());
    expect(second.NextToken).toBeUndefined();
  });

  it('takes a session id alone, and a cluster or a workgroup, not both', async () => {
    const { SessionId } = await openSession(client, 60);
    for (const other of [{ Status: 'BUSY' }, { Database: 'dev' }, { ClusterIdentifier: 'local' }] as const) {
      const refused = refusal(client.send(new ListSessionsCommand({ SessionId, ...other })));
      expect((await refused).name).toBe('ValidationException');
    }
    const both = new ListSessionsCommand({ ClusterIdentifier: 'local', WorkgroupName: 'group' });
    expect((await refusal(client.send(both))).name).toBe('ValidationException');
  });
});

describe('ownership', () => {
  it('hides statements and sessions from other identities', async () => {
    const other = served.client('somebody-else');
    const { SessionId } = await openSession(client, 60);
    const { Id } = await run(client, 'select 1', { SessionId });
    const missing = { name: 'ResourceNotFoundException', message: 'Query does not exist.' };
    expect(await refusal(other.send(new DescribeStatementCommand({ Id })))).toEqual(missing);
    expect(await refusal(other.send(new GetStatementResultCommand({ Id })))).toEqual(missing);
    expect(await refusal(other.send(new CancelStatementCommand({ Id })))).toEqual(missing);
    expect((await refusal(run(other, 'select 1', { SessionId }))).message).toBe(
      `Session with Id: ${SessionId} is invalid`,
    );
    expect((await refusal(sessionOf(other, SessionId))).name).toBe('ResourceNotFoundException');
    expect((await other.send(new ListSessionsCommand({}))).Sessions).toEqual([]);
  });
});

describe('the catalog operations', () => {
  it('lists databases, schemas and tables by pattern', async () => {
    const { Databases } = await client.send(new ListDatabasesCommand(DEV));
    expect(Databases).toContain('dev');
    expect(Databases).not.toContain('template1');
    const { Schemas } = await client.send(new ListSchemasCommand({ ...DEV, SchemaPattern: 'pub%' }));
    expect(Schemas).toEqual(['public']);
    const { Tables } = await client.send(
      new ListTablesCommand({ ...DEV, SchemaPattern: 'public', TablePattern: 'ord%' }),
    );
    expect(Tables).toEqual([{ name: 'orders', schema: 'public', type: 'TABLE' }]);
  });

  it("describes a table's columns", async () => {
    const { TableName, ColumnList = [] } = await client.send(
      new DescribeTableCommand({ ...DEV, Schema: 'public', Table: 'orders' }),
    );
    expect(TableName).toBe('orders');
    expect(ColumnList.map(({ name, typeName, nullable, length }) => [name, typeName, nullable, length])).toEqual([
      ['id', 'int4', 0, 4],
      ['note', 'varchar', 1, 20],
      ['price', 'numeric', 1, expect.any(Number)],
    ]);
    expect(ColumnList[0]).toMatchObject({ schemaName: 'public', tableName: 'orders' });
  });

  it('pages by MaxResults', async () => {
    const request = { ...DEV, SchemaPattern: 'pg_catalog', MaxResults: 2 };
    const first = await client.send(new ListTablesCommand(request));
    const second = await client.send(new ListTablesCommand({ ...request, NextToken: first.NextToken }));
    expect(first.Tables).toHaveLength(2);
    expect(second.Tables).toHaveLength(2);
    expect(second.Tables?.[0]?.name).not.toBe(first.Tables?.[0]?.name);
  });

  it('gives up after a minute with a QueryTimeoutException, and ends its query', async () => {
    await harness.admin.query('begin');
    await harness.admin.query('lock table pg_catalog.pg_attrdef in access exclusive mode');
    const waiting = async () =>
      (await harness.admin.query("select 1 from pg_locks where not granted and relation = 'pg_attrdef'::regclass"))
        .rowCount;
    const described = refusal(client.send(new DescribeTableCommand({ ...DEV, Schema: 'public', Table: 'orders' })));
    await expect.poll(waiting).toBe(1);
    await harness.clock.advance(60_000);
    expect((await described).name).toBe('QueryTimeoutException');
    expect(await waiting()).toBe(0);
    await harness.admin.query('rollback');
  });

  it('answers with a DatabaseConnectionException when it cannot connect', async () => {
    expect(await refusal(client.send(new ListSchemasCommand({ ...DEV, DbUser: 'nobody_here' })))).toMatchObject({
      name: 'DatabaseConnectionException',
      message: expect.stringContaining('role "nobody_here" does not exist'),
    });
  });
});
