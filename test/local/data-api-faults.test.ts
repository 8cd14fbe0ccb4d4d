import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  ListStatementsCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DOCUMENTED_RATES } from '../../local/data-api/throttle.ts';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

const HOUR_MS = 3_600_000;

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness();
  served = await harness.serve();
  client = served.client();
});

afterAll(() => harness.stop());

describe('throttling', () => {
  it('is off unless it is asked for', async () => {
    const calls = Array.from({ length: 30 }, () => client.send(new ListStatementsCommand({ MaxResults: 1 })));
    await expect(Promise.all(calls)).resolves.toHaveLength(30);
  });

  it('refuses calls beyond the documented rate of their operation and lets them in a second later', async () => {
    const throttled = await harness.serve({ throttling: DOCUMENTED_RATES });
    const list = () => throttled.post('ListStatements', {});
    expect([(await list()).status, (await list()).status, (await list()).status]).toEqual([200, 200, 200]);
    const { status, json } = await list();
    expect({ status, json }).toEqual({
      status: 400,
      json: { __type: 'ThrottlingException', Message: 'Rate exceeded' },
    });
    expect((await throttled.post('ListDatabases', DEV)).status).toBe(200);
    await harness.clock.advance(1000);
    expect((await list()).status).toBe(200);
  });
});

describe('faults', () => {
  it('refuse a call with an error of choice, once', async () => {
    const error = { type: 'InternalServerException', message: 'Something broke.', status: 500 };
    served.dataApi.faults.next('DescribeStatement', { error });
    const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const { status, json } = await served.post('DescribeStatement', { Id });
    expect({ status, json }).toEqual({
      status: 500,
      json: { __type: 'InternalServerException', Message: 'Something broke.' },
    });
    expect((await served.post('DescribeStatement', { Id })).status).toBe(200);
  });

  it('can wait for one caller, whose calls are counted apart', async () => {
    const list = (from: RedshiftDataClient) => from.send(new ListStatementsCommand({ MaxResults: 1 }));
    const error = { type: 'ValidationException', message: 'Only for one.' };
    served.dataApi.faults.next('ListStatements', { caller: 'tenants', error });
    const before = served.dataApi.callsBy('local');
    await expect(list(client)).resolves.toBeDefined();
    await expect(list(served.client('tenants'))).rejects.toThrow('Only for one.');
    await expect(list(served.client('tenants'))).resolves.toBeDefined();
    expect([served.dataApi.callsBy('local') - before, served.dataApi.callsBy('tenants')]).toEqual([1, 2]);
    expect(served.dataApi.callsBy('nobody')).toBe(0);
  });

  it('lose an answer after the work is done: the same ClientToken finds the statement', async () => {
    served.dataApi.faults.next('ExecuteStatement', { loseAnswer: true });
    const body = { ...DEV, Sql: 'select 1', ClientToken: 'lost', StatementName: 'lost answer' };
    await expect(served.post('ExecuteStatement', body)).rejects.toThrow('fetch failed');
    const { Statements } = await client.send(
      new ListStatementsCommand({ StatementName: 'lost answer', Status: 'ALL' }),
    );
    const retried = await served.post('ExecuteStatement', body);
    expect(Statements?.map(({ Id }) => Id)).toEqual([retried.json['Id']]);
  });

  it("make the SDK's own retry of a 500 submit only once", async () => {
    served.dataApi.faults.next('ExecuteStatement', { loseAnswer: true });
    const retrying = new RedshiftDataClient({
      region: 'us-east-1',
      endpoint: served.endpoint,
      credentials: { accessKeyId: 'retrying', secretAccessKey: 'unused' },
    });
    await retrying.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const { Statements } = await retrying.send(new ListStatementsCommand({ Status: 'ALL' }));
    expect(Statements).toHaveLength(1);
    retrying.destroy();
  });

  it("delay a call on the cloud's clock", async () => {
    served.dataApi.faults.next('ListStatements', { delayMs: HOUR_MS });
    let answered = false;
    const answer = served.post('ListStatements', {}).then((raw) => {
      answered = true;
      return raw;
    });
    const before = served.dataApi.calls.ListStatements;
    await expect.poll(() => served.dataApi.calls.ListStatements).toBe(before + 1);
    expect(answered).toBe(false);
    await harness.clock.advance(HOUR_MS);
    expect((await answer).status).toBe(200);
  });

  it('fail or abort a statement without running it', async () => {
    served.dataApi.faults.next('ExecuteStatement', { fail: 'ERROR: out of memory' });
    served.dataApi.faults.next('ExecuteStatement', { abort: true });
    const failed = await run(client, 'drop table pg_catalog.nothing');
    expect(failed).toMatchObject({ Status: 'FAILED', Error: 'ERROR: out of memory' });
    expect((await run(client, 'select 1')).Status).toBe('ABORTED');
    expect((await run(client, 'select 1')).Status).toBe('FINISHED');
  });

  it.each(['SUBMITTED', 'PICKED', 'STARTED'] as const)(
    'keep a statement in %s until it is cancelled',
    async (stayIn) => {
      served.dataApi.faults.next('ExecuteStatement', { stayIn });
      const { Id } = await client.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
      const status = async () => (await client.send(new DescribeStatementCommand({ Id }))).Status;
      await expect.poll(status).toBe(stayIn);
      await harness.clock.advance(HOUR_MS);
      expect(await status()).toBe(stayIn);
      await client.send(new CancelStatementCommand({ Id }));
      await expect.poll(status).toBe('ABORTED');
    },
  );

  it('of a statement are refused on operations that submit none', () => {
    expect(() => served.dataApi.faults.next('ListSessions', { abort: true })).toThrow(TypeError);
  });
});

describe('calls', () => {
  it('are counted per operation, refused ones included', async () => {
    const fresh = await harness.serve();
    await fresh.post('ListSessions', {});
    await fresh.post('ListSessions', { SessionId: 'nonsense' });
    await fresh.post('NoSuchOperation', {});
    expect(fresh.dataApi.calls).toMatchObject({ ListSessions: 2, ExecuteStatement: 0 });
    expect(Object.keys(fresh.dataApi.calls)).toHaveLength(12);
  });
});

describe('a caller that hangs up', () => {
  it('ends its long poll, so that it no longer counts as waiting', async () => {
    const narrow = await harness.serve({ quotas: { waitingRequests: 1 } });
    narrow.dataApi.faults.next('ExecuteStatement', { stayIn: 'SUBMITTED' });
    const { json } = await narrow.post('ExecuteStatement', { ...DEV, Sql: 'select 1' });
    const hangUp = new AbortController();
    const poll = narrow.client().send(new DescribeStatementCommand({ Id: String(json['Id']), WaitTimeSeconds: 30 }), {
      abortSignal: hangUp.signal,
    });
    const ended = refusal(poll);
    await expect.poll(() => narrow.dataApi.calls.DescribeStatement).toBe(1);
    hangUp.abort();
    expect((await ended).name).toBe('AbortError');
    // The next long poll is let in once the server has seen the first one go; it ends when its second is over.
    const pollAgain = async () => {
      const { calls } = narrow.dataApi;
      const before = calls.DescribeStatement;
      const answer = narrow.post('DescribeStatement', { Id: json['Id'], WaitTimeSeconds: 1 });
      await expect.poll(() => calls.DescribeStatement).toBe(before + 1);
      await harness.clock.advance(1000);
      return (await answer).json['Status'];
    };
    await expect.poll(pollAgain).toBe('SUBMITTED');
  });
});
