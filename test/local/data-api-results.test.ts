import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  GetStatementResultV2Command,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

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

/** All the records of a finished statement. */
async function records(sql: string, parameters: Record<string, string> = {}) {
  const Parameters = Object.entries(parameters).map(([name, value]) => ({ name, value }));
  const { Id, Error: error } = await run(client, sql, Parameters.length === 0 ? {} : { Parameters });
  expect(error).toBeUndefined();
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
  return Records;
}

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
