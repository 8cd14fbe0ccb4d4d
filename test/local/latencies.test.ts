import { DescribeStatementCommand, ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LatencyPlan } from '../../local/latencies/latency-plan.ts';
import { DEV, type Harness, startHarness } from './data-api-harness.ts';

function plan(): LatencyPlan {
  const made = new LatencyPlan();
  made.know(['redshift-data', 'dynamodb']);
  return made;
}

function series(seed: number): number[] {
  const latencies = plan();
  latencies.set({ connection: { from: 200, to: 500 }, seed });
  return Array.from({ length: 2_000 }, () => latencies.ofConnection());
}

describe('a plan of latencies', () => {
  it('draws connection times evenly from the range, the same ones for the same seed', () => {
    const drawn = series(7);
    expect(series(7)).toEqual(drawn);
    expect(series(8)).not.toEqual(drawn);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(200);
    expect(Math.max(...drawn)).toBeLessThan(500);
    const tenths = Array.from({ length: 10 }, (_, tenth) => {
      const from = 200 + 30 * tenth;
      return drawn.filter((ms) => ms >= from && ms < from + 30).length;
    });
    expect(Math.min(...tenths)).toBeGreaterThan(150);
    expect(Math.max(...tenths)).toBeLessThan(250);
  });

  it('adds nothing until it is set, and nothing after it was cleared', async () => {
    const latencies = plan();
    const all = () => [latencies.ofDataApiCall(), latencies.ofConnection()];
    expect(all()).toEqual([0, 0]);
    latencies.set({ calls: { 'redshift-data': 20, dynamodb: 5 }, connection: { from: 30, to: 30 } });
    expect(all()).toEqual([20, 30]);
    latencies.set({ calls: { dynamodb: 5 } });
    expect(all()).toEqual([0, 0]);
    latencies.set({ calls: { 'redshift-data': 20 }, connection: { from: 30, to: 30 } });
    latencies.clear();
    expect(all()).toEqual([0, 0]);
  });

  it('holds a call of its service up, and leaves the Data API to ask for itself', async () => {
    const latencies = plan();
    latencies.set({ calls: { 'redshift-data': 3_600_000, dynamodb: 30 } });
    await latencies.beforeCall('redshift-data');
    await latencies.beforeCall('sns');
    const before = performance.now();
    await latencies.beforeCall('dynamodb');
    expect(performance.now() - before).toBeGreaterThan(28);
  });

  it.each([
    [{ calls: { redshift: 20 } }, "Expected a latency of one of redshift-data, dynamodb, got 'redshift'."],
    [{ calls: { dynamodb: -1 } }, 'Expected the latency of calls of dynamodb to be 0 ms or more, got -1.'],
    [
      { connection: { from: Number.NaN, to: 5 } },
      'Expected the latency of a connection, from to be 0 ms or more, got NaN.',
    ],
    [{ connection: { from: 500, to: 200 } }, 'Expected the latency of a connection to be at least 500 ms, got 200.'],
  ])('refuses %j', (settings, message) => {
    expect(() => plan().set(settings)).toThrow(expect.objectContaining({ name: 'LatencyInvalid', message }));
  });
});

describe('the embedded Data API', () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await startHarness();
  });
  afterAll(() => harness.stop());

  it('takes longer for a connection, not for a statement on a session that is open', async () => {
    let openings = 0;
    const connection = () => {
      openings += 1;
      return 3_600_000;
    };
    const { client, dataApi } = await harness.serve({ latencies: { connection } });
    const sdk = client();
    const open = { ...DEV, Sql: 'select 1', SessionKeepAliveSeconds: 600 };
    const { Id, SessionId } = await sdk.send(new ExecuteStatementCommand(open));
    const status = async () => (await sdk.send(new DescribeStatementCommand({ Id }))).Status;
    await expect.poll(status).toBe('PICKED');
    expect(dataApi.backendsOpened).toBe(0);
    await harness.clock.advance(3_600_000);
    await expect.poll(status).toBe('FINISHED');
    const next = { Sql: 'select 2', SessionId, WaitTimeSeconds: 30 };
    expect(await sdk.send(new ExecuteStatementCommand(next))).toMatchObject({ Status: 'FINISHED' });
    expect([openings, dataApi.backendsOpened]).toEqual([1, 1]);
  });

  it('serves a call when its latency has passed', async () => {
    const { client } = await harness.serve({ latencies: { call: () => 3_600_000 } });
    const sdk = client();
    let isServed = false;
    const answer = sdk.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' })).finally(() => {
      isServed = true;
    });
    // Other calls than this one go through meanwhile, so it has had its chance.
    await (await harness.serve())
      .client()
      .send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', WaitTimeSeconds: 30 }));
    expect(isServed).toBe(false);
    await harness.clock.advance(3_600_000);
    expect((await answer).Id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('aborts a statement that is cancelled while its connection is being opened', async () => {
    const { client, dataApi } = await harness.serve({ latencies: { connection: () => 3_600_000 } });
    const sdk = client();
    const { Id } = await sdk.send(new ExecuteStatementCommand({ ...DEV, Sql: 'select 1' }));
    const status = async () => (await sdk.send(new DescribeStatementCommand({ Id }))).Status;
    await expect.poll(status).toBe('PICKED');
    await dataApi.handle('CancelStatement', { Id }, { accessKeyId: 'local' });
    await expect.poll(status).toBe('ABORTED');
    expect(dataApi.backendsOpened).toBe(0);
  });
});
