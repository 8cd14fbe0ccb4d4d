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
import { backendLives, openSession, sessionOf, startLongQuery, statusOf } from './data-api-session-tools.ts';

const NOT_AVAILABLE = { name: 'ValidationException', message: 'Session is not available' };

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness();
  served = await harness.serve();
  client = served.client();
});

afterAll(() => harness.stop());

describe('a session', () => {
  it('is one real backend that all its statements share', async () => {
    const { SessionId, pid } = await openSession(client);
    expect(await backendLives(harness.admin, pid)).toBe(true);
    const set = await run(client, "set application_name to 'kept'", { SessionId });
    const show = await run(client, 'show application_name', { SessionId });
    expect([set.RedshiftPid, show.RedshiftPid]).toEqual([pid, pid]);
    expect(show.SessionId).toBe(SessionId);
    const { Records } = await client.send(new GetStatementResultCommand({ Id: show.Id }));
    expect(Records).toEqual([[{ stringValue: 'kept' }]]);
  });

  it('does not exist without a keep-alive: the backend ends with its statement', async () => {
    const { RedshiftPid = 0, SessionId } = await run(client, 'select 1');
    expect(SessionId).toBeUndefined();
    await expect.poll(() => backendLives(harness.admin, RedshiftPid)).toBe(false);
  });

  it('has its id in the first answer already', async () => {
    const { SessionId } = await client.send(
      new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', SessionKeepAliveSeconds: 60 }),
    );
    expect(SessionId).toMatch(/^[0-9a-f-]{36}$/);
    await expect.poll(() => statusOf(client, SessionId ?? '')).toBe('AVAILABLE');
  });

  it('keeps temporary tables and an open transaction, and a failed statement poisons the latter', async () => {
    const { SessionId } = await openSession(client);
    await run(client, 'create temporary table kept (a int)', { SessionId });
    await run(client, 'begin', { SessionId });
    await run(client, 'insert into kept values (1)', { SessionId });
    await run(client, 'select 1/0', { SessionId });
    expect((await run(client, 'select * from kept', { SessionId })).Error).toContain(
      'current transaction is aborted, commands ignored until end of transaction block',
    );
    await run(client, 'rollback', { SessionId });
    expect(await run(client, 'select * from kept', { SessionId })).toMatchObject({ Status: 'FINISHED', ResultRows: 0 });
  });

  it('serves batches too', async () => {
    const { SessionId, pid } = await openSession(client);
    const batch = await client.send(
      new BatchExecuteStatementCommand({ SessionId, Sqls: ['select 1', 'select 2'], WaitTimeSeconds: 30 }),
    );
    expect(batch).toMatchObject({ Status: 'FINISHED', RedshiftPid: pid, SessionId });
  });
});

describe('a session that cannot be used', () => {
  it('is "not available" while it runs a statement, and AVAILABLE again as soon as the end can be seen', async () => {
    const { SessionId } = await openSession(client);
    const Id = await startLongQuery(client, SessionId);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
    expect(await sessionOf(client, SessionId)).toMatchObject({ Status: 'BUSY', CurrentStatementId: Id });
    await client.send(new CancelStatementCommand({ Id }));
    await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect((await run(client, 'select 1', { SessionId })).Status).toBe('FINISHED');
  });

  it('lets only one of many callers at one moment in', async () => {
    const { SessionId } = await openSession(client);
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        client.send(new ExecuteStatementCommand({ SessionId, Sql: 'select pg_sleep(0.2)', WaitTimeSeconds: 30 })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is "not available" with the very same words once it is closed', async () => {
    const { SessionId } = await openSession(client, 60);
    await harness.clock.advance(60_000);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
    expect(await statusOf(client, SessionId)).toBe('CLOSED');
  });

  it('is "invalid" if it never was, and ListSessions does not find it', async () => {
    const SessionId = '00000000-0000-4000-8000-000000000000';
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual({
      name: 'ValidationException',
      message: `Session with Id: ${SessionId} is invalid`,
    });
    expect((await refusal(sessionOf(client, SessionId))).name).toBe('ResourceNotFoundException');
  });

  it('is refused by pattern if its id is malformed', async () => {
    expect((await refusal(run(client, 'select 1', { SessionId: 'nonsense' }))).message).toMatch(
      /^sessionId must satisfy regex pattern: /,
    );
  });

  it('may not be named together with a database, a user, a cluster, a workgroup or a secret', async () => {
    const { SessionId } = await openSession(client);
    const members = {
      Database: 'dev',
      DbUser: 'awsuser',
      ClusterIdentifier: 'local',
      WorkgroupName: 'group',
      SecretArn: 'secret',
    };
    for (const [name, value] of Object.entries(members)) {
      const refused = await refusal(run(client, 'select 1', { SessionId, [name]: value }));
      expect(refused).toEqual({
        name: 'ValidationException',
        message: `SessionId cannot be specified together with ${name}: the session names them.`,
      });
    }
    expect(await statusOf(client, SessionId)).toBe('AVAILABLE');
  });
});

describe("Redshift's SQL", () => {
  it('finds a session by its pid in stv_sessions and ends exactly that backend, by values only', async () => {
    const { SessionId, pid } = await openSession(client);
    const Parameters = [{ name: 'pid', value: String(pid) }];
    const found = await run(client, 'select starttime, user_name from stv_sessions where process = :pid', {
      Parameters,
    });
    const { Records } = await client.send(new GetStatementResultCommand({ Id: found.Id }));
    const [startTime, userName] = (Records?.[0] ?? []).map(({ stringValue }) => stringValue ?? '');
    expect(userName).toBe('awsuser'.padEnd(50));
    const terminate = (start: string) =>
      run(
        client,
        `select pg_terminate_backend(process) from stv_sessions
          where process = cast(:pid as int) and starttime = :start and trim(user_name) = :user
            and process <> pg_backend_pid() and datediff(s, starttime, getdate()) >= :idle`,
        {
          Parameters: [
            ...Parameters,
            { name: 'start', value: start },
            { name: 'user', value: 'awsuser' },
            { name: 'idle', value: '0' },
          ],
        },
      );
    expect(await terminate('2020-01-01 00:00:00')).toMatchObject({ Status: 'FINISHED', ResultRows: 0 });
    expect(await statusOf(client, SessionId)).toBe('AVAILABLE');
    expect(await terminate(startTime ?? '')).toMatchObject({ Status: 'FINISHED', ResultRows: 1 });
    await expect.poll(() => statusOf(client, SessionId)).toBe('CLOSED');
  });

  it("follows the cloud's clock", async () => {
    const { SessionId } = await openSession(client, 3600);
    await harness.clock.advance(1_800_000);
    const sql = 'select datediff(minute, starttime, getdate()) from stv_sessions where process = pg_backend_pid()';
    const { Id } = await run(client, sql, { SessionId });
    const { Records } = await client.send(new GetStatementResultCommand({ Id }));
    expect(Records?.[0]?.[0]?.longValue).toBeGreaterThanOrEqual(30);
  });
});

describe('close', () => {
  it('ends every session and statement and leaves no backend', async () => {
    const closing = await harness.serve();
    const caller = closing.client();
    const { pid } = await openSession(caller, 600);
    const { Id } = await caller.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select pg_sleep(120)' }));
    const describe = () => caller.send(new DescribeStatementCommand({ Id }));
    await expect.poll(async () => (await describe()).Status).toBe('STARTED');
    const pids = [pid, (await describe()).RedshiftPid ?? 0];
    await closing.dataApi.close();
    await expect.poll(() => Promise.all(pids.map((one) => backendLives(harness.admin, one)))).toEqual([false, false]);
    expect((await refusal(run(caller, 'select 1'))).name).toBe('InternalServerException');
  });
});
