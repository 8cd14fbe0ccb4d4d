import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
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
