import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListStatementsCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatementEvent } from '../../local/data-api/statement-event.ts';
import { DEV, type Harness, refusal, run, type ServedDataApi, startHarness } from './data-api-harness.ts';

const HOUR_MS = 3_600_000;

const events: StatementEvent[] = [];
const backgroundErrors: unknown[] = [];

let harness: Harness;
let served: ServedDataApi;
let client: RedshiftDataClient;

beforeAll(async () => {
  harness = await startHarness();
  served = await harness.serve({
    async publishEvent(event) {
      if (event.detail.statementName === 'bus is down') throw new Error('The bus is down.');
      events.push(event);
    },
    onBackgroundError: (error) => backgroundErrors.push(error),
  });
  client = served.client();
});

afterAll(() => harness.stop());

describe('a ClientToken', () => {
  const submit = (ClientToken: string, Sql: string, caller = client) =>
    caller.send(new ExecuteStatementCommand({ ...DEV, ClientToken, Sql, WaitTimeSeconds: 30 }));

  it('submits once within 8 hours, whatever the later SQL', async () => {
    await harness.admin.query('create table tokens (a int)');
    const first = await submit('one-token', 'insert into tokens values (1)');
    await harness.clock.advance(8 * HOUR_MS - 60_000);
    const second = await submit('one-token', 'insert into tokens values (2)');
    expect(second.Id).toBe(first.Id);
    expect((await harness.admin.query('select a from tokens')).rows).toEqual([{ a: 1 }]);
    await harness.clock.advance(60_000);
    expect((await submit('one-token', 'insert into tokens values (3)')).Id).not.toBe(first.Id);
  });

  it('submits once even when two requests with it come together', async () => {
    const [first, second] = await Promise.all([submit('twins', 'select 1'), submit('twins', 'select 1')]);
    expect(second.Id).toBe(first.Id);
  });

  it('repeats the answer with the session, although the session is busy by then', async () => {
    const body = { ...DEV, Sql: 'select pg_sleep(0.1)', SessionKeepAliveSeconds: 60, ClientToken: 'session-token' };
    const first = await served.post('ExecuteStatement', body);
    const second = await served.post('ExecuteStatement', body);
    expect(second.json).toEqual(first.json);
  });

  it('belongs to its identity', async () => {
    const [mine, theirs] = [
      await submit('shared', 'select 1'),
      await submit('shared', 'select 1', served.client('other')),
    ];
    expect(theirs.Id).not.toBe(mine.Id);
  });
});

describe('retention', () => {
  it('forgets a statement and its result 24 hours after its end', async () => {
    const { Id } = await run(client, 'select 1', { StatementName: 'forgotten' });
    await harness.clock.advance(24 * HOUR_MS - 60_000);
    expect((await client.send(new GetStatementResultCommand({ Id }))).Records).toHaveLength(1);
    await harness.clock.advance(60_000);
    const missing = { name: 'ResourceNotFoundException', message: 'Query does not exist.' };
    expect(await refusal(client.send(new GetStatementResultCommand({ Id })))).toEqual(missing);
    expect(await refusal(client.send(new DescribeStatementCommand({ Id })))).toEqual(missing);
    const { Statements } = await client.send(new ListStatementsCommand({ StatementName: 'forgotten', Status: 'ALL' }));
    expect(Statements).toEqual([]);
  });
});

describe('WithEvent', () => {
  const named = (name: string) => events.filter(({ detail }) => detail.statementName === name);

  it('publishes one event when the statement has ended, with neither session nor error', async () => {
    const { Id, RedshiftQueryId } = await run(client, 'select i from generate_series(1, 3) i', {
      WithEvent: true,
      StatementName: 'told',
      SessionKeepAliveSeconds: 60,
    });
    await expect.poll(() => named('told')).toHaveLength(1);
    const [event] = named('told');
    expect(event).toEqual({
      version: '0',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'detail-type': 'Redshift Data Statement Status Change',
      source: 'aws.redshift-data',
      account: '000000000000',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      region: 'us-east-1',
      resources: ['arn:aws:redshift:us-east-1:000000000000:cluster:local'],
      detail: {
        principal: 'arn:aws:iam::000000000000:user/local',
        statementName: 'told',
        statementId: Id,
        redshiftQueryId: RedshiftQueryId,
        state: 'FINISHED',
        rows: 3,
        expireAt: expect.any(Number),
      },
    });
    const inADay = (harness.clock.now().getTime() + 24 * HOUR_MS) / 1000;
    expect(Math.abs((event?.detail.expireAt ?? 0) - inADay)).toBeLessThan(60);
  });

  it('tells of failure and abortion too, and of nothing that did not ask for it', async () => {
    await run(client, 'select 1', { StatementName: 'untold' });
    await run(client, 'select 1/0', { WithEvent: true, StatementName: 'failed' });
    served.dataApi.faults.next('ExecuteStatement', { abort: true });
    await run(client, 'select 1', { WithEvent: true, StatementName: 'aborted' });
    await expect.poll(() => named('aborted').map(({ detail }) => detail.state)).toEqual(['ABORTED']);
    expect(named('failed').map(({ detail }) => detail.state)).toEqual(['FAILED']);
    expect(named('untold')).toEqual([]);
  });

  it('reports a bus that fails and lives on', async () => {
    const { Status } = await run(client, 'select 1', { WithEvent: true, StatementName: 'bus is down' });
    expect(Status).toBe('FINISHED');
    await expect.poll(() => backgroundErrors.map(String)).toContain('Error: The bus is down.');
  });
});
