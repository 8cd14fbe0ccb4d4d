import {
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
