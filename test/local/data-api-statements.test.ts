import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  DescribeTableCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  ListDatabasesCommand,
  ListSchemasCommand,
  ListStatementsCommand,
  ListTablesCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness({ maxConnections: 12 });
  await harness.admin.query('create table orders (id int not null, note varchar(20), price numeric(10,2))');
  await harness.admin.query("insert into orders values (1, 'first', 1.5), (2, null, 20)");
  await harness.admin.query('create role analyst login');
  served = await harness.serve();
  client = served.client();
});

afterAll(() => harness.stop());

/** All the records of a finished statement. */
async function records(sql: string, parameters: Record<string, string> = {}) {
  const Parameters = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const { Id, Error: error } = await run(client, sql, Parameters.length === 0 ? {} : { Parameters });
  expect(error).toBeUndefined();
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
  return Records;
}

describe('ExecuteStatement', () => {
  it('answers at once, without a status and without a session', async () => {
    const answer = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    expect(answer.Id).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.CreatedAt).toBeInstanceOf(Date);
    expect(answer).toMatchObject({ ClusterIdentifier: 'local', Database: 'dev', DbUser: 'awsuser' });
    expect(answer).not.toHaveProperty('Status');
    expect(answer).not.toHaveProperty('SessionId');
    expect(answer).not.toHaveProperty('RedshiftPid');
  });

  it('waits for the end with WaitTimeSeconds and says then how it went', async () => {
    const answer = await client.send(
      new ExecuteStatementCommand({ ...DEV, Sql: 'select pg_backend_pid() as pid', WaitTimeSeconds: 30 }),
    );
    expect(answer).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    const { Records } = await client.send(new GetStatementResultCommand({ Id: answer.Id }));
    expect(Records).toEqual([[{ longValue: answer.RedshiftPid }]]);
  });

  it('returns the present status when the wait is over before the statement is', async () => {
    served.dataApi.faults.next('ExecuteStatement', { stayIn: 'PICKED' });
    let status: string | undefined;
    const waiting = client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', WaitTimeSeconds: 30 }));
    const noted = waiting.then((answer) => {
      status = answer.Status;
    });
    await expect
      .poll(async () => {
        await harness.clock.advance(10_000);
        return status;
      })
      .toBe('PICKED');
    await noted;
    await client.send(new CancelStatementCommand({ Id: (await waiting).Id }));
  });

  it('goes through SUBMITTED, PICKED and STARTED before it ends', async () => {
    const slow = await harness.serve({ latencies: { SUBMITTED: 1000, PICKED: 1000, STARTED: 1000 } });
    const slowClient = slow.client();
    const { Id } = await slowClient.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const status = async () => (await slowClient.send(new DescribeStatementCommand({ Id }))).Status;
    const seen = [await status()];
    for (let step = 0; step < 3; step += 1) {
      await harness.clock.advance(1000);
      await expect.poll(status).not.toBe(seen.at(-1));
      seen.push(await status());
    }
    expect(seen).toEqual(['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED']);
  });

  it("makes SQL that the server refuses a FAILED statement with the server's words, never an error of the call", async () => {
    const { Status, Error: text, ResultRows, HasResultSet } = await run(client, 'select * from no_such_table');
    expect({ Status, ResultRows, HasResultSet }).toEqual({ Status: 'FAILED', ResultRows: -1, HasResultSet: false });
    expect(text).toMatch(/^ERROR: relation "no_such_table" does not exist\n {2}Position: \d+$/);
  });

  it('connects as the DbUser, or as the user that the access key or the secret names', async () => {
    const who = 'select current_user';
    const as = async (caller: RedshiftDataClient, options: object) => {
      const { Id } = await run(caller, who, options);
      return (await caller.send(new GetStatementResultCommand({ Id }))).Records?.[0]?.[0]?.stringValue;
    };
    expect(await as(client, { DbUser: 'analyst' })).toBe('analyst');
    expect(await as(client, {})).toBe('awsuser');
    expect(await as(served.client('dbuser:analyst'), {})).toBe('analyst');
    const SecretArn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:redshift/analyst-a1B2c3';
    expect(await as(client, { SecretArn })).toBe('analyst');
  });

  it('fails a statement whose role or database the server does not know', async () => {
    const role = await run(client, 'select 1', { DbUser: 'nobody_here' });
    expect(role).toMatchObject({ Status: 'FAILED', RedshiftPid: 0 });
    expect(role.Error).toContain('role "nobody_here" does not exist');
    const database = await run(client, 'select 1', { Database: 'nowhere' });
    expect(database.Error).toContain('database "nowhere" does not exist');
  });

  it("fails with the server's own message and SQLSTATE when no slot is left", async () => {
    const hogs = [];
    let text: string | undefined;
    while (text === undefined && hogs.length < 20) {
      const { Error: error, SessionId } = await run(client, 'select 1', {
        DbUser: 'analyst',
        SessionKeepAliveSeconds: 600,
      });
      text = error;
      hogs.push(SessionId);
    }
    expect(text).toMatch(/^FATAL: remaining connection slots are reserved .*\n {2}SQLState: 53300$/);
    await harness.clock.advance(600_000);
    expect((await run(client, 'select 1', { DbUser: 'analyst' })).Status).toBe('FINISHED');
  });

  it('refuses several statements in one text as the server does', async () => {
    const { Status, Error: text } = await run(client, 'select 1; select 2');
    expect(Status).toBe('FAILED');
    expect(text).toContain('cannot insert multiple commands into a prepared statement');
  });

  it('fails a row or a result that is too large and goes on living', async () => {
    const small = (await harness.serve({ quotas: { rowBytes: 100, resultBytes: 1000 } })).client();
    const row = await run(small, "select repeat('x', 101)");
    expect(row).toMatchObject({ Status: 'FAILED', Error: 'packet for query is too large' });
    const result = await run(small, "select repeat('x', 50) from generate_series(1, 100000)");
    expect(result).toMatchObject({ Status: 'FAILED', Error: 'database response exceeded size limit' });
    expect((await run(small, 'select 1')).Status).toBe('FINISHED');
  });
});

describe('parameters', () => {
  it('takes each value as an untyped literal wherever it stands', async () => {
    const [row] = await records(
      "select cast(:n as int) + 1, id, :n || 'x' from orders where id = :n and price = :p and note like :s",
      { n: '1', p: '1.50', s: 'fir%' },
    );
    expect(row).toEqual([{ longValue: 2 }, { longValue: 1 }, { stringValue: '1x' }]);
    const [time] = await records("select timestamp '2026-01-02 03:04:05' = :t", { t: '2026-01-02 03:04:05.0' });
    expect(time).toEqual([{ booleanValue: true }]);
  });

  it('leaves casts, strings, quoted identifiers and comments alone', async () => {
    const sql = 'select \':a\' || :a::varchar as ":a" /* :a /* :a */ :a */ -- :a';
    expect(await records(sql, { a: 'v' })).toEqual([[{ stringValue: ':av' }]]);
  });

  it('cannot smuggle SQL in', async () => {
    const value = "x' or '1'='1";
    expect(await records('select :v', { v: value })).toEqual([[{ stringValue: value }]]);
    expect(await records('select id from orders where note = :v', { v: value })).toEqual([]);
  });

  it('refuses a parameter that the SQL does not use, an empty value and a name given twice', async () => {
    const send = (Parameters: { name: string; value: string }[], Sql = 'select :a') =>
      refusal(client.send(new ExecuteStatementCommand({ ...DEV, Sql, Parameters })));
    expect(await send([{ name: 'id', value: '1' }], 'select 1')).toEqual({
      name: 'ValidationException',
      message: 'Parameters list contains unused parameters. Unused parameters: [id]',
    });
    expect((await send([{ name: 'a', value: '' }])).message).toContain(
      "at 'parameters.1.member.value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
    const twice = await send([
      { name: 'a', value: '1' },
      { name: 'a', value: '2' },
    ]);
    expect(twice.name).toBe('ValidationException');
  });

  it('lets the server complain about a name without a value', async () => {
    const { Status, Error: text } = await run(client, 'select :missing');
    expect(Status).toBe('FAILED');
    expect(text).toContain('syntax error at or near ":"');
  });
});

describe('DescribeStatement', () => {
  it('tells all about a finished statement', async () => {
    const Sql = 'select id, note from orders where id >= :least order by id';
    const Parameters = [{ name: 'least', value: '1' }];
    const described = await run(client, Sql, { Parameters, StatementName: 'all-about' });
    expect(described).toMatchObject({
      Status: 'FINISHED',
      QueryString: Sql,
      QueryParameters: Parameters,
      HasResultSet: true,
      ResultRows: 2,
      ResultSize: Buffer.byteLength('1first2'),
      ResultFormat: 'JSON',
      Database: 'dev',
      ClusterIdentifier: 'local',
    });
    expect(described.RedshiftPid).toBeGreaterThan(0);
    expect(described.RedshiftQueryId).toBeGreaterThan(0);
    expect(described).not.toHaveProperty('SessionId');
    expect(described).not.toHaveProperty('Error');
  });

  it("measures the duration in nanoseconds, on the cloud's clock", async () => {
    const { Duration = 0, CreatedAt, UpdatedAt } = await run(client, 'select pg_sleep(0.05)');
    expect(Duration).toBeGreaterThan(45_000_000);
    expect(Duration).toBeLessThan(10_000_000_000);
    expect(UpdatedAt?.getTime()).toBeGreaterThanOrEqual(CreatedAt?.getTime() ?? Number.NaN);
  });

  it('counts affected rows without a result set, and -1 where there are none to count', async () => {
    const insert = await run(client, "insert into orders values (3, 'x', 0), (4, 'y', 0)");
    expect(insert).toMatchObject({ HasResultSet: false, ResultRows: 2, ResultSize: 0 });
    const remove = await run(client, 'delete from orders where id > 2');
    expect(remove.ResultRows).toBe(2);
    const ddl = await run(client, 'create table if not exists scratch (a int)');
    expect(ddl).toMatchObject({ Status: 'FINISHED', HasResultSet: false, ResultRows: -1 });
  });

  it('shows -1 and 0 for what is not known yet', async () => {
    served.dataApi.faults.next('ExecuteStatement', { stayIn: 'SUBMITTED' });
    const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    expect(await client.send(new DescribeStatementCommand({ Id }))).toMatchObject({
      Status: 'SUBMITTED',
      Duration: -1,
      ResultRows: -1,
      ResultSize: -1,
      RedshiftPid: 0,
      RedshiftQueryId: 0,
      HasResultSet: false,
    });
    await client.send(new CancelStatementCommand({ Id }));
  });

  it('refuses a malformed id with a ValidationException and an unknown one with a ResourceNotFoundException', async () => {
    expect(await refusal(client.send(new DescribeStatementCommand({ Id: 'nonsense' })))).toEqual({
      name: 'ValidationException',
      message: 'id must satisfy regex pattern: ^[a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\\d+)?$',
    });
    const Id = '00000000-0000-4000-8000-000000000000';
    const unknown = { name: 'ResourceNotFoundException', message: 'Query does not exist.' };
    expect(await refusal(client.send(new DescribeStatementCommand({ Id })))).toEqual(unknown);
    expect(await refusal(client.send(new GetStatementResultCommand({ Id })))).toEqual(unknown);
    expect(await refusal(client.send(new CancelStatementCommand({ Id })))).toEqual(unknown);
  });
});

describe('GetStatementResult', () => {
  it('maps every kind of value to its member of Field', async () => {
    const [row] =
      await records(`select 1::smallint, 2::int, 3::bigint, 1.5::real, 2.5::double precision, 12.30::numeric(10,2),
      true, 'ab'::char(5), 'ab'::varchar(5), date '2022-02-22', timestamp '2022-02-22 00:00:00',
      timestamp '2020-08-21 17:33:51.88712', null::int, '\\x00ff'::bytea, 'NaN'::float8`);
    expect(row).toEqual([
      { longValue: 1 },
      { longValue: 2 },
      { longValue: 3 },
      { doubleValue: 1.5 },
      { doubleValue: 2.5 },
      { stringValue: '12.30' },
      { booleanValue: true },
      { stringValue: 'ab   ' },
      { stringValue: 'ab' },
      { stringValue: '2022-02-22' },
      { stringValue: '2022-02-22 00:00:00.0' },
      { stringValue: '2020-08-21 17:33:51.88712' },
      { isNull: true },
      { stringValue: '00ff' },
      { doubleValue: Number.NaN },
    ]);
  });

  it("describes the columns with Redshift's type names", async () => {
    const { Id } = await run(
      client,
      'select id, note, price, id::bigint as big, now()::timestamp as t, true as b from orders',
    );
    const { ColumnMetadata = [], TotalNumRows } = await client.send(new GetStatementResultCommand({ Id }));
    expect(TotalNumRows).toBe(2);
    expect(ColumnMetadata.map(({ name, typeName, precision, scale }) => [name, typeName, precision, scale])).toEqual([
      ['id', 'int4', 10, 0],
      ['note', 'varchar', 20, 0],
      ['price', 'numeric', 10, 2],
      ['big', 'int8', 19, 0],
      ['t', 'timestamp', 29, 6],
      ['b', 'bool', 1, 0],
    ]);
    expect(ColumnMetadata[0]).toMatchObject({ label: 'id', isSigned: true, isCaseSensitive: false, isCurrency: false });
  });

  it('gives pages of at most 1,000 rows, each row once', async () => {
    const { Id } = await run(client, 'select i from generate_series(1, 2500) i');
    const pages: number[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await client.send(new GetStatementResultCommand({ Id, ...(NextToken && { NextToken }) }));
      pages.push((page.Records ?? []).map(([field]) => field?.longValue ?? Number.NaN));
      expect(page.TotalNumRows).toBe(2500);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(pages.map(({ length }) => length)).toEqual([1000, 1000, 500]);
    expect(pages.flat()).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
  });

  it('ends a page before it grows beyond its bytes', async () => {
    const small = (await harness.serve({ page: { bytes: 100 } })).client();
    const { Id } = await run(small, "select repeat('x', 40) from generate_series(1, 5)");
    const { Records, NextToken } = await small.send(new GetStatementResultCommand({ Id }));
    expect(Records).toHaveLength(2);
    expect(NextToken).toBeDefined();
  });

  it('refuses a token of another statement', async () => {
    const sql = 'select i from generate_series(1, 1500) i';
    const [one, two] = [await run(client, sql), await run(client, sql)];
    const { NextToken } = await client.send(new GetStatementResultCommand({ Id: one.Id }));
    expect((await refusal(client.send(new GetStatementResultCommand({ Id: two.Id, NextToken })))).name).toBe(
      'ValidationException',
    );
  });

  it('gives an empty page for an empty result set', async () => {
    expect(await records('select 1 where false')).toEqual([]);
  });

  it('has nothing for statements that failed, are not finished, or return no rows', async () => {
    const none = {
      name: 'ResourceNotFoundException',
      message: 'Query does not have result. Please check query status with DescribeStatement.',
    };
    const failed = await run(client, 'select 1/0');
    expect(await refusal(client.send(new GetStatementResultCommand({ Id: failed.Id })))).toEqual(none);
    const ddl = await run(client, 'create table if not exists scratch (a int)');
    expect(await refusal(client.send(new GetStatementResultCommand({ Id: ddl.Id })))).toEqual(none);
    served.dataApi.faults.next('ExecuteStatement', { stayIn: 'STARTED' });
    const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    expect(await refusal(client.send(new GetStatementResultCommand({ Id })))).toEqual(none);
    await client.send(new CancelStatementCommand({ Id }));
  });

  it('waits for the result with WaitTimeSeconds', async () => {
    const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 7 from pg_sleep(0.05)' }));
    const { Records } = await client.send(new GetStatementResultCommand({ Id, WaitTimeSeconds: 30 }));
    expect(Records).toEqual([[{ longValue: 7 }]]);
  });
});

describe('GetStatementResultV2', () => {
  it('gives CSV with a header line and CRLF', async () => {
    const sql = `select 1 as id, 'a "quoted", text' as note, null as nothing, true as yes, timestamp '2022-02-22 00:00:00' as t`;
    const { Id } = await run(client, sql, { ResultFormat: 'CSV' });
    const answer = await client.send(new GetStatementResultV2Command({ Id }));
    expect(answer.Records).toEqual([
      { CSVRecords: 'id,note,nothing,yes,t\r\n1,"a ""quoted"", text",,true,2022-02-22 00:00:00.0\r\n' },
    ]);
    expect(answer).toMatchObject({ ResultFormat: 'CSV', TotalNumRows: 1 });
  });

  it('writes the header once over all pages', async () => {
    const { Id } = await run(client, 'select i from generate_series(1, 1500) i', { ResultFormat: 'CSV' });
    const first = await client.send(new GetStatementResultV2Command({ Id }));
    const second = await client.send(new GetStatementResultV2Command({ Id, NextToken: first.NextToken }));
    const lines = (answer: typeof first) =>
      answer.Records?.[0]?.CSVRecords?.split('\r\n').filter((line) => line !== '');
    expect(lines(first)?.slice(0, 2)).toEqual(['i', '1']);
    expect(lines(second)?.at(0)).toBe('1001');
    expect(lines(second)?.at(-1)).toBe('1500');
  });

  it('does not mix the formats', async () => {
    const json = await run(client, 'select 1');
    const csv = await run(client, 'select 1', { ResultFormat: 'CSV' });
    expect((await refusal(client.send(new GetStatementResultV2Command({ Id: json.Id })))).name).toBe(
      'ValidationException',
    );
    expect((await refusal(client.send(new GetStatementResultCommand({ Id: csv.Id })))).name).toBe(
      'ValidationException',
    );
  });
});

describe('BatchExecuteStatement', () => {
  const batch = async (Sqls: string[], options: object = {}) => {
    const { Id } = await client.send(new BatchExecuteStatementCommand({ ...DEV, Sqls, ...options }));
    return client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
  };
  const statuses = ({ SubStatements = [] }: Awaited<ReturnType<typeof batch>>) =>
    SubStatements.map(({ Status }) => Status);
  const notes = async () =>
    (await harness.admin.query("select note from orders where note like 'batch%' order by 1")).rows;

  it('runs its statements in order on one backend and keeps each result under its own id', async () => {
    const described = await batch(['select :a::int', 'select :b', 'select pg_backend_pid()'], {
      Parameters: [
        { name: 'a', value: '1' },
        { name: 'b', value: 'two' },
      ],
    });
    expect(described).toMatchObject({
      Status: 'FINISHED',
      HasResultSet: true,
      ResultRows: 3,
      ExecutionMode: 'TRANSACTION',
    });
    expect(described.SubStatements?.map(({ Id }) => Id)).toEqual([1, 2, 3].map((n) => `${described.Id}:${n}`));
    const result = async (n: number) =>
      (await client.send(new GetStatementResultCommand({ Id: `${described.Id}:${n}` }))).Records;
    expect(await result(1)).toEqual([[{ longValue: 1 }]]);
    expect(await result(2)).toEqual([[{ stringValue: 'two' }]]);
    expect(await result(3)).toEqual([[{ longValue: described.RedshiftPid }]]);
    const second = await client.send(new DescribeStatementCommand({ Id: `${described.Id}:2` }));
    expect(second).toMatchObject({
      Id: `${described.Id}:2`,
      QueryString: 'select :b',
      Status: 'FINISHED',
      ResultRows: 1,
    });
    expect((await refusal(client.send(new DescribeStatementCommand({ Id: `${described.Id}:4` })))).message).toBe(
      'Query does not exist.',
    );
  });

  it('is one transaction by default: nothing stays of a batch that failed', async () => {
    const described = await batch([
      "insert into orders values (10, 'batch', 0)",
      'select 1/0',
      "insert into orders values (11, 'batch', 0)",
    ]);
    expect(described.Status).toBe('FAILED');
    expect(described.Error).toBe('Query #2 failed with ERROR: division by zero');
    expect(statuses(described)).toEqual(['FINISHED', 'FAILED', 'ABORTED']);
    expect(await notes()).toEqual([]);
  });

  it('commits each for itself with AUTO_COMMIT and goes on after a failure', async () => {
    const described = await batch(
      ["insert into orders values (10, 'batch-a', 0)", 'select 1/0', "insert into orders values (11, 'batch-b', 0)"],
      { ExecutionMode: 'AUTO_COMMIT' },
    );
    expect(statuses(described)).toEqual(['FINISHED', 'FAILED', 'FINISHED']);
    expect(described).toMatchObject({ Status: 'FAILED', ExecutionMode: 'AUTO_COMMIT' });
    expect(await notes()).toEqual([{ note: 'batch-a' }, { note: 'batch-b' }]);
    await harness.admin.query("delete from orders where note like 'batch%'");
  });

  it('takes at most 40 statements, and parameters that at least one of them uses', async () => {
    const many = Array.from({ length: 41 }, () => 'select 1');
    expect((await refusal(batch(many))).message).toContain("at 'sqls' failed to satisfy constraint");
    const Parameters = [{ name: 'unused', value: '1' }];
    expect((await refusal(batch(['select 1'], { Parameters }))).message).toContain('Unused parameters: [unused]');
  });
});

describe('CancelStatement', () => {
  it('ends a running query on the server and makes the statement ABORTED', async () => {
    const { Id } = await client.send(
      new ExecuteStatementCommand({ ...DEV, Sql: 'select pg_sleep(60) /* cancel me */' }),
    );
    const running = async () =>
      (
        await harness.admin.query(
          "select pid from pg_stat_activity where query like '%/* cancel me */' and state = 'active' and pid <> pg_backend_pid()",
        )
      ).rowCount;
    await expect.poll(running).toBe(1);
    expect((await client.send(new CancelStatementCommand({ Id }))).Status).toBe(true);
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({ Status: 'ABORTED', HasResultSet: false, ResultRows: -1 });
    expect(described).not.toHaveProperty('Error');
    expect(await running()).toBe(0);
  });

  it('refuses a statement that has ended already', async () => {
    const { Id } = await run(client, 'select 1');
    expect(await refusal(client.send(new CancelStatementCommand({ Id })))).toEqual({
      name: 'ValidationException',
      message: `Could not cancel a query that is already in FINISHED state with ID: ${Id}`,
    });
  });

  it('rolls a batch back and leaves the rest of it unrun', async () => {
    const Sqls = ["insert into orders values (20, 'batch', 0)", 'select pg_sleep(60)', 'select 1'];
    const { Id } = await client.send(new BatchExecuteStatementCommand({ ...DEV, Sqls }));
    const second = async () => (await client.send(new DescribeStatementCommand({ Id: `${Id}:2` }))).Status;
    await expect.poll(second).toBe('STARTED');
    await client.send(new CancelStatementCommand({ Id }));
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described.Status).toBe('ABORTED');
    expect(described.SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'ABORTED', 'ABORTED']);
    expect((await harness.admin.query("select 1 from orders where note = 'batch'")).rowCount).toBe(0);
  });
});

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
