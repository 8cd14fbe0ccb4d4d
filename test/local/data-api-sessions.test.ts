import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListSessionsCommand,
  type RedshiftDataClient,
  type SessionData,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

const HOUR_MS = 3_600_000;
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

/** Opens a session by a first statement and waits for its end. */
async function openSession(keepAlive = 600, caller = client): Promise<{ SessionId: string; pid: number }> {
  const { SessionId, RedshiftPid } = await caller.send(
    new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', SessionKeepAliveSeconds: keepAlive, WaitTimeSeconds: 30 }),
  );
  return { SessionId: SessionId ?? '', pid: RedshiftPid ?? 0 };
}

async function sessionOf(SessionId: string, caller = client): Promise<SessionData | undefined> {
  return (await caller.send(new ListSessionsCommand({ SessionId }))).Sessions?.[0];
}

const statusOf = async (SessionId: string) => (await sessionOf(SessionId))?.Status;

async function backendLives(pid: number): Promise<boolean> {
  return (await harness.admin.query('select 1 from pg_stat_activity where pid = $1', [pid])).rowCount === 1;
}

/** Starts a query that lasts until it is ended from outside. */
async function startLongQuery(SessionId: string): Promise<string> {
  const { Id = '' } = await client.send(new ExecuteStatementCommand({ SessionId, Sql: 'select pg_sleep(120)' }));
  const status = async () => (await client.send(new DescribeStatementCommand({ Id }))).Status;
  await expect.poll(status).toBe('STARTED');
  return Id;
}

describe('a session', () => {
  it('is one real backend that all its statements share', async () => {
    const { SessionId, pid } = await openSession();
    expect(await backendLives(pid)).toBe(true);
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
    await expect.poll(() => backendLives(RedshiftPid)).toBe(false);
  });

  it('has its id in the first answer already', async () => {
    const { SessionId } = await client.send(
      new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', SessionKeepAliveSeconds: 60 }),
    );
    expect(SessionId).toMatch(/^[0-9a-f-]{36}$/);
    await expect.poll(() => statusOf(SessionId ?? '')).toBe('AVAILABLE');
  });

  it('keeps temporary tables and an open transaction, and a failed statement poisons the latter', async () => {
    const { SessionId } = await openSession();
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
    const { SessionId, pid } = await openSession();
    const batch = await client.send(
      new BatchExecuteStatementCommand({ SessionId, Sqls: ['select 1', 'select 2'], WaitTimeSeconds: 30 }),
    );
    expect(batch).toMatchObject({ Status: 'FINISHED', RedshiftPid: pid, SessionId });
  });
});

describe('a session that cannot be used', () => {
  it('is "not available" while it runs a statement, and AVAILABLE again as soon as the end can be seen', async () => {
    const { SessionId } = await openSession();
    const Id = await startLongQuery(SessionId);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
    expect(await sessionOf(SessionId)).toMatchObject({ Status: 'BUSY', CurrentStatementId: Id });
    await client.send(new CancelStatementCommand({ Id }));
    await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect((await run(client, 'select 1', { SessionId })).Status).toBe('FINISHED');
  });

  it('lets only one of many callers at one moment in', async () => {
    const { SessionId } = await openSession();
    const answers = await Promise.allSettled(
      Array.from({ length: 10 }, () =>
        client.send(new ExecuteStatementCommand({ SessionId, Sql: 'select pg_sleep(0.2)', WaitTimeSeconds: 30 })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is "not available" with the very same words once it is closed', async () => {
    const { SessionId } = await openSession(60);
    await harness.clock.advance(60_000);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
    expect(await statusOf(SessionId)).toBe('CLOSED');
  });

  it('is "invalid" if it never was, and ListSessions does not find it', async () => {
    const SessionId = '00000000-0000-4000-8000-000000000000';
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual({
      name: 'ValidationException',
      message: `Session with Id: ${SessionId} is invalid`,
    });
    expect((await refusal(sessionOf(SessionId))).name).toBe('ResourceNotFoundException');
  });

  it('is refused by pattern if its id is malformed', async () => {
    expect((await refusal(run(client, 'select 1', { SessionId: 'nonsense' }))).message).toMatch(
      /^sessionId must satisfy regex pattern: /,
    );
  });

  it('may not be named together with a database, a user, a cluster, a workgroup or a secret', async () => {
    const { SessionId } = await openSession();
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
    expect(await statusOf(SessionId)).toBe('AVAILABLE');
  });
});

describe('keep-alive', () => {
  it('counts from the end of the last statement, not from the creation', async () => {
    const { SessionId, pid } = await openSession(600);
    await harness.clock.advance(599_000);
    await run(client, 'select 1', { SessionId });
    await harness.clock.advance(599_000);
    expect(await statusOf(SessionId)).toBe('AVAILABLE');
    await harness.clock.advance(1000);
    expect(await statusOf(SessionId)).toBe('CLOSED');
    await expect.poll(() => backendLives(pid)).toBe(false);
  });

  it('does not count while a statement runs', async () => {
    const { SessionId } = await openSession(60);
    const Id = await startLongQuery(SessionId);
    await harness.clock.advance(HOUR_MS);
    expect(await statusOf(SessionId)).toBe('BUSY');
    await client.send(new CancelStatementCommand({ Id }));
    await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(await statusOf(SessionId)).toBe('AVAILABLE');
  });

  it('is changed by a later statement and stays as it was without one', async () => {
    const { SessionId } = await openSession(60);
    await run(client, 'select 1', { SessionId, SessionKeepAliveSeconds: 3600 });
    await run(client, 'select 1', { SessionId });
    await harness.clock.advance(3_599_000);
    expect(await sessionOf(SessionId)).toMatchObject({ Status: 'AVAILABLE', SessionAliveSeconds: 3600 });
    await harness.clock.advance(1000);
    expect(await statusOf(SessionId)).toBe('CLOSED');
  });

  it('of 0 closes the session right after the statement', async () => {
    const { SessionId, pid } = await openSession();
    expect((await run(client, 'select 1', { SessionId, SessionKeepAliveSeconds: 0 })).Status).toBe('FINISHED');
    expect(await statusOf(SessionId)).toBe('CLOSED');
    await expect.poll(() => backendLives(pid)).toBe(false);
  });

  it('is no longer than 24 hours', async () => {
    const refused = await refusal(openSession(86_401));
    expect(refused.message).toBe(
      "1 validation error detected: Value '86401' at 'sessionKeepAliveSeconds' failed to satisfy constraint: " +
        'Member must have value less than or equal to 86400',
    );
  });

  it('ends 24 hours after the creation whatever was asked for', async () => {
    const { SessionId } = await openSession(86_400);
    await harness.clock.advance(23 * HOUR_MS);
    await run(client, 'select 1', { SessionId });
    const { SessionTtl, CreatedAt, Status } = (await sessionOf(SessionId)) ?? {};
    expect(Status).toBe('AVAILABLE');
    expect((SessionTtl?.getTime() ?? 0) - (CreatedAt?.getTime() ?? 0)).toBe(24 * HOUR_MS);
    await harness.clock.advance(HOUR_MS);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
  });

  it('forces a busy session closed after 24 hours and terminates its query', async () => {
    const { SessionId, pid } = await openSession(86_400);
    const Id = await startLongQuery(SessionId);
    await harness.clock.advance(24 * HOUR_MS);
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({ Status: 'FAILED', Error: 'The session was closed 24 hours after its creation.' });
    await expect.poll(() => backendLives(pid)).toBe(false);
  });
});

describe('a backend that is terminated', () => {
  it('closes its idle session at once', async () => {
    const { SessionId, pid } = await openSession();
    await harness.admin.query('select pg_terminate_backend($1)', [pid]);
    await expect.poll(() => statusOf(SessionId)).toBe('CLOSED');
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
  });

  it("fails its running statement with the server's message", async () => {
    const { SessionId, pid } = await openSession();
    const Id = await startLongQuery(SessionId);
    await harness.admin.query('select pg_terminate_backend($1)', [pid]);
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({
      Status: 'FAILED',
      Error: 'FATAL: terminating connection due to administrator command',
    });
    expect(await statusOf(SessionId)).toBe('CLOSED');
  });

  it('fails a batch in a transaction the same way', async () => {
    const { Id } = await client.send(
      new BatchExecuteStatementCommand({ ...DEV, Sqls: ['select 1', 'select pg_sleep(120)', 'select 3'] }),
    );
    const describe = async () => client.send(new DescribeStatementCommand({ Id }));
    await expect.poll(async () => (await describe()).SubStatements?.[1]?.Status).toBe('STARTED');
    await harness.admin.query('select pg_terminate_backend($1)', [(await describe()).RedshiftPid]);
    await expect.poll(async () => (await describe()).Status).toBe('FAILED');
    expect((await describe()).SubStatements?.map(({ Status }) => Status)).toEqual(['FINISHED', 'FAILED', 'ABORTED']);
  });

  it("can be one's own: the statement fails and the service lives on", async () => {
    const { Status } = await run(client, 'select pg_terminate_backend(pg_backend_pid())');
    expect(Status).toBe('FAILED');
    expect((await run(client, 'select 1')).Status).toBe('FINISHED');
  });
});

describe("Redshift's SQL", () => {
  it('finds a session by its pid in stv_sessions and ends exactly that backend, by values only', async () => {
    const { SessionId, pid } = await openSession();
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
    expect(await statusOf(SessionId)).toBe('AVAILABLE');
    expect(await terminate(startTime ?? '')).toMatchObject({ Status: 'FINISHED', ResultRows: 1 });
    await expect.poll(() => statusOf(SessionId)).toBe('CLOSED');
  });

  it("follows the cloud's clock", async () => {
    const { SessionId } = await openSession(3600);
    await harness.clock.advance(1_800_000);
    const sql = 'select datediff(minute, starttime, getdate()) from stv_sessions where process = pg_backend_pid()';
    const { Id } = await run(client, sql, { SessionId });
    const { Records } = await client.send(new GetStatementResultCommand({ Id }));
    expect(Records?.[0]?.[0]?.longValue).toBeGreaterThanOrEqual(30);
  });
});

describe('ListSessions', () => {
  it('shows open sessions unless a status is named, by database and cluster', async () => {
    const own = served.client('session-lister');
    const open = await openSession(600, own);
    const closed = await openSession(600, own);
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
    const { SessionId } = await openSession(600);
    const session = await sessionOf(SessionId);
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
    for (let count = 0; count < 3; count += 1) opened.push((await openSession(60, own)).SessionId);
    const first = await own.send(new ListSessionsCommand({ MaxResults: 2 }));
    const second = await own.send(new ListSessionsCommand({ MaxResults: 2, NextToken: first.NextToken }));
    const ids = [...(first.Sessions ?? []), ...(second.Sessions ?? [])].map(({ SessionId }) => SessionId);
    expect(ids).toEqual(opened.reverse());
    expect(second.NextToken).toBeUndefined();
  });

  it('takes a session id alone, and a cluster or a workgroup, not both', async () => {
    const { SessionId } = await openSession(60);
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
    const { SessionId } = await openSession(60);
    const { Id } = await run(client, 'select 1', { SessionId });
    const missing = { name: 'ResourceNotFoundException', message: 'Query does not exist.' };
    expect(await refusal(other.send(new DescribeStatementCommand({ Id })))).toEqual(missing);
    expect(await refusal(other.send(new GetStatementResultCommand({ Id })))).toEqual(missing);
    expect(await refusal(other.send(new CancelStatementCommand({ Id })))).toEqual(missing);
    expect((await refusal(run(other, 'select 1', { SessionId }))).message).toBe(
      `Session with Id: ${SessionId} is invalid`,
    );
    expect((await refusal(sessionOf(SessionId, other))).name).toBe('ResourceNotFoundException');
    expect((await other.send(new ListSessionsCommand({}))).Sessions).toEqual([]);
  });
});

describe('quotas', () => {
  it('refuses a session beyond the quota with ActiveSessionsExceededException, until one is closed', async () => {
    const few = await harness.serve({ quotas: { activeSessions: 2 } });
    const caller = few.client();
    await openSession(60, caller);
    await openSession(60, caller);
    expect((await refusal(openSession(60, caller))).name).toBe('ActiveSessionsExceededException');
    expect((await run(caller, 'select 1')).Status).toBe('FINISHED');
    await harness.clock.advance(60_000);
    expect((await openSession(60, caller)).pid).toBeGreaterThan(0);
  });

  it('refuses a statement beyond the quota with ActiveStatementsExceededException', async () => {
    const few = await harness.serve({ quotas: { activeStatements: 1 } });
    const caller = few.client();
    few.dataApi.faults.next('ExecuteStatement', { stayIn: 'SUBMITTED' });
    const { Id } = await caller.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    expect((await refusal(run(caller, 'select 1'))).name).toBe('ActiveStatementsExceededException');
    await caller.send(new CancelStatementCommand({ Id }));
    await caller.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect((await run(caller, 'select 1')).Status).toBe('FINISHED');
  });

  it('refuses a long poll beyond the quota with ActiveWaitingRequestsExceededException', async () => {
    const few = await harness.serve({ quotas: { waitingRequests: 1 } });
    const caller = few.client();
    few.dataApi.faults.next('ExecuteStatement', { stayIn: 'SUBMITTED' });
    const { Id } = await caller.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const polls = [1, 2].map(() =>
      caller.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 })).then(
        ({ Status }) => Status,
        (error: Error) => error.name,
      ),
    );
    expect(await Promise.race(polls)).toBe('ActiveWaitingRequestsExceededException');
    await caller.send(new CancelStatementCommand({ Id }));
    expect((await Promise.all(polls)).sort()).toEqual(['ABORTED', 'ActiveWaitingRequestsExceededException']);
  });
});

describe('close', () => {
  it('ends every session and statement and leaves no backend', async () => {
    const closing = await harness.serve();
    const caller = closing.client();
    const { pid } = await openSession(600, caller);
    const { Id } = await caller.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select pg_sleep(120)' }));
    const describe = () => caller.send(new DescribeStatementCommand({ Id }));
    await expect.poll(async () => (await describe()).Status).toBe('STARTED');
    const pids = [pid, (await describe()).RedshiftPid ?? 0];
    await closing.dataApi.close();
    await expect.poll(() => Promise.all(pids.map(backendLives))).toEqual([false, false]);
    expect((await refusal(run(caller, 'select 1'))).name).toBe('InternalServerException');
  });
});
