import {
  BatchExecuteStatementCommand,
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';
import { backendLives, openSession, sessionOf, startLongQuery, statusOf } from './data-api-session-tools.ts';

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

describe('keep-alive', () => {
  it('counts from the end of the last statement, not from the creation', async () => {
    const { SessionId, pid } = await openSession(client, 600);
    await harness.clock.advance(599_000);
    await run(client, 'select 1', { SessionId });
    await harness.clock.advance(599_000);
    expect(await statusOf(client, SessionId)).toBe('AVAILABLE');
    await harness.clock.advance(1000);
    expect(await statusOf(client, SessionId)).toBe('CLOSED');
    await expect.poll(() => backendLives(harness.admin, pid)).toBe(false);
  });

  it('does not count while a statement runs', async () => {
    const { SessionId } = await openSession(client, 60);
    const Id = await startLongQuery(client, SessionId);
    await harness.clock.advance(HOUR_MS);
    expect(await statusOf(client, SessionId)).toBe('BUSY');
    await client.send(new CancelStatementCommand({ Id }));
    await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(await statusOf(client, SessionId)).toBe('AVAILABLE');
  });

  it('is changed by a later statement and stays as it was without one', async () => {
    const { SessionId } = await openSession(client, 60);
    await run(client, 'select 1', { SessionId, SessionKeepAliveSeconds: 3600 });
    await run(client, 'select 1', { SessionId });
    await harness.clock.advance(3_599_000);
    expect(await sessionOf(client, SessionId)).toMatchObject({ Status: 'AVAILABLE', SessionAliveSeconds: 3600 });
    await harness.clock.advance(1000);
    expect(await statusOf(client, SessionId)).toBe('CLOSED');
  });

  it('of 0 closes the session right after the statement', async () => {
    const { SessionId, pid } = await openSession(client);
    expect((await run(client, 'select 1', { SessionId, SessionKeepAliveSeconds: 0 })).Status).toBe('FINISHED');
    expect(await statusOf(client, SessionId)).toBe('CLOSED');
    await expect.poll(() => backendLives(harness.admin, pid)).toBe(false);
  });

  it('is no longer than 24 hours', async () => {
    const refused = await refusal(openSession(client, 86_401));
    expect(refused.message).toBe(
      "1 validation error detected: Value '86401' at 'sessionKeepAliveSeconds' failed to satisfy constraint: " +
        'Member must have value less than or equal to 86400',
    );
  });

  it('ends 24 hours after the creation whatever was asked for', async () => {
    const { SessionId } = await openSession(client, 86_400);
    await harness.clock.advance(23 * HOUR_MS);
    await run(client, 'select 1', { SessionId });
    const { SessionTtl, CreatedAt, Status } = (await sessionOf(client, SessionId)) ?? {};
    expect(Status).toBe('AVAILABLE');
    expect((SessionTtl?.getTime() ?? 0) - (CreatedAt?.getTime() ?? 0)).toBe(24 * HOUR_MS);
    await harness.clock.advance(HOUR_MS);
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
  });

  it('forces a busy session closed after 24 hours and terminates its query', async () => {
    const { SessionId, pid } = await openSession(client, 86_400);
    const Id = await startLongQuery(client, SessionId);
    await harness.clock.advance(24 * HOUR_MS);
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({ Status: 'FAILED', Error: 'The session was closed 24 hours after its creation.' });
    await expect.poll(() => backendLives(harness.admin, pid)).toBe(false);
  });
});

describe('a backend that is terminated', () => {
  it('closes its idle session at once', async () => {
    const { SessionId, pid } = await openSession(client);
    await harness.admin.query('select pg_terminate_backend($1)', [pid]);
    await expect.poll(() => statusOf(client, SessionId)).toBe('CLOSED');
    expect(await refusal(run(client, 'select 1', { SessionId }))).toEqual(NOT_AVAILABLE);
  });

  it("fails its running statement with the server's message", async () => {
    const { SessionId, pid } = await openSession(client);
    const Id = await startLongQuery(client, SessionId);
    await harness.admin.query('select pg_terminate_backend($1)', [pid]);
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({
      Status: 'FAILED',
      Error: 'FATAL: terminating connection due to administrator command',
    });
    expect(await statusOf(client, SessionId)).toBe('CLOSED');
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

describe('quotas', () => {
  it('refuses a session beyond the quota with ActiveSessionsExceededException, until one is closed', async () => {
    const few = await harness.serve({ quotas: { activeSessions: 2 } });
    const caller = few.client();
    await openSession(caller, 60);
    await openSession(caller, 60);
    expect((await refusal(openSession(caller, 60))).name).toBe('ActiveSessionsExceededException');
    expect((await run(caller, 'select 1')).Status).toBe('FINISHED');
    await harness.clock.advance(60_000);
    expect((await openSession(caller, 60)).pid).toBeGreaterThan(0);
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
