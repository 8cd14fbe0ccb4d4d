import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDynamoDbSessionTable } from '../../src/session-table/dynamodb-session-table.ts';
import { encodePageToken } from '../../src/session-table/page-token.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { TABLE_NEEDS } from '../packaged/port-needs.ts';
import { backendNumber, plannedNotice, runningRun, warnedDashboard, warningPlan } from '../support/example-records.ts';
import { startDynalite, type TestDynamoDb } from '../support/start-dynalite.ts';
import { traceTable } from '../support/trace-table.ts';
import { describeSessionTable } from './session-table-contract.ts';

const NOW = new Date('2026-11-20T15:00:00Z');
const RETENTION = 30 * 24 * 3600;
const EXPIRY = NOW.getTime() / 1000 + RETENTION;

let dynamoDb: TestDynamoDb;
let tables = 0;

beforeAll(async () => {
  dynamoDb = await startDynalite();
});
afterAll(async () => {
  await dynamoDb.stop();
});

async function makeTable(): Promise<{ table: SessionTable; tableName: string }> {
  tables += 1;
  const tableName = `sessions-${tables}`;
  await dynamoDb.createSessionTable(tableName);
  return { table: tableOver(dynamoDb.client, tableName), tableName };
}

function tableOver(client: DynamoDBDocumentClient, tableName: string, waits: number[] = []): SessionTable {
  return createDynamoDbSessionTable({
    client,
    tableName,
    retentionSeconds: RETENTION,
    now: () => NOW,
    wait: async (ms) => waits.push(ms),
  });
}

/** The real client with something in between. */
function clientWith(
  send: (command: unknown, pass: () => Promise<unknown>) => Promise<unknown>,
): DynamoDBDocumentClient {
  return new Proxy(dynamoDb.client, {
    get(client, member, receiver) {
      return member === 'send'
        ? (command: Parameters<typeof client.send>[0]) => send(command, () => client.send(command))
        : Reflect.get(client, member, receiver);
    },
  });
}

async function itemsOf(tableName: string): Promise<Record<string, unknown>[]> {
  const { Items } = await dynamoDb.client.send(
    new QueryCommand({
      TableName: tableName,
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': 'TARGET#analytics' },
    }),
  );
  return Items ?? [];
}

const trace = traceTable(() => dynamoDb.client);
describeSessionTable('createDynamoDbSessionTable', async () =>
  trace.traced(tableOver(trace.client, (await makeTable()).tableName)),
);

it('asks of DynamoDB what the stack grants for each command, after all of the contract', () => {
  expect(trace.seen()).toEqual(TABLE_NEEDS);
});

describe('createDynamoDbSessionTable', () => {
  it('writes a backend under its target, pid and start, with state, version and events in the one item', async () => {
    const { table, tableName } = await makeTable();
    await table.saveBackend(warnedDashboard());
    const [item] = await itemsOf(tableName);
    expect(item).toMatchObject({
      pk: 'TARGET#analytics',
      sk: 'BACKEND#0000001073#2026-11-20T09:12:44Z',
      livePk: 'TARGET#analytics',
      liveSk: 'BACKEND#0000001073#2026-11-20T09:12:44Z',
      state: 'warned',
      version: 1,
      events: [{ type: 'warned' }],
    });
    expect(item).not.toHaveProperty('ttl');
  });

  it('lets settled backends, runs and plans expire in epoch seconds, and live backends, locks and sessions never', async () => {
    const { table, tableName } = await makeTable();
    await table.saveBackend(warnedDashboard());
    await table.saveBackend({ ...backendNumber(1), state: 'gone' });
    await table.saveRun(runningRun());
    await table.savePlan({ target: 'analytics', runId: 'run-1' }, warningPlan(1));
    await table.takeRunLock({
      target: 'analytics',
      runId: 'run-1',
      now: NOW.toISOString(),
      expiresAt: '2026-11-20T15:15:00Z',
    });
    await table.saveReaperSession({
      target: 'analytics',
      sessionId: 's',
      signIn: 'x',
      version: 1,
      createdAt: NOW.toISOString(),
    });
    const expiry = (await itemsOf(tableName)).map(({ kind, state, ttl }) => [kind, state, ttl]);
    expect(expiry.sort()).toEqual([
      ['backend', 'gone', EXPIRY],
      ['backend', 'warned', undefined],
      ['lock', undefined, undefined],
      ['plan', undefined, EXPIRY],
      ['plan-part', undefined, EXPIRY],
      ['reaper-session', undefined, undefined],
      ['run', 'running', EXPIRY],
    ]);
  });

  it('splits a plan of 2,000 members into items below 400 KB and writes the head last', async () => {
    const { tableName } = await makeTable();
    const written: Record<string, unknown>[] = [];
    const client = clientWith((command, pass) => {
      if (command instanceof PutCommand) {
        written.push(command.input.Item ?? {});
      }
      return pass();
    });
    await tableOver(client, tableName).savePlan({ target: 'analytics', runId: 'run-1' }, warningPlan(2000));
    expect(written.length).toBeGreaterThan(4);
    expect(written.map((item) => item['kind'])).toEqual([...Array(written.length - 1).fill('plan-part'), 'plan']);
    for (const item of written) {
      expect(Buffer.byteLength(JSON.stringify(item))).toBeLessThan(400 * 1024);
    }
  });

  it('shows no plan when its writer died between the parts, and the whole plan once somebody wrote it again', async () => {
    const { table, tableName } = await makeTable();
    const key = { target: 'analytics', runId: 'run-1' };
    const written: Promise<unknown>[] = [];
    const dying = clientWith(async (command, pass) => {
      if (command instanceof PutCommand && written.length === 3) {
        await Promise.all(written);
        throw new Error('killed');
      }
      const answer = pass();
      written.push(answer);
      return answer;
    });
    await expect(tableOver(dying, tableName).savePlan(key, warningPlan(2000))).rejects.toThrow('killed');
    expect((await itemsOf(tableName)).map((item) => item['kind'])).toEqual(Array(3).fill('plan-part'));
    expect(await table.readPlan(key)).toBeNull();
    const other = warningPlan(1500, 'b'.repeat(64));
    await table.savePlan(key, other);
    expect(await table.readPlan(key)).toEqual(other);
  });

  it('says that a plan is damaged when one of its parts is missing', async () => {
    const { tableName } = await makeTable();
    const key = { target: 'analytics', runId: 'run-1' };
    const losing = clientWith((command, pass) =>
      command instanceof PutCommand && String(command.input.Item?.['sk']).endsWith('#0002')
        ? Promise.resolve({})
        : pass(),
    );
    const table = tableOver(losing, tableName);
    await table.savePlan(key, warningPlan(2000));
    await expect(table.readPlan(key)).rejects.toThrow(/StoredItemUnreadable|parts/);
  });

  it('asks again for the keys that DynamoDB left unprocessed, after a growing wait', async () => {
    const { table, tableName } = await makeTable();
    const records = [0, 1, 2].map(backendNumber);
    for (const record of records) {
      await table.saveBackend(record);
    }
    let asked = 0;
    const throttled = clientWith(async (command, pass) => {
      if (command instanceof BatchGetCommand && asked < 2) {
        asked += 1;
        expect(command.input.RequestItems?.[tableName]?.ConsistentRead).toBe(true);
        return { Responses: {}, UnprocessedKeys: command.input.RequestItems };
      }
      return pass();
    });
    const waits: number[] = [];
    const read = await tableOver(throttled, tableName, waits).readBackends(records.map((record) => record.identity));
    expect(read).toHaveLength(3);
    expect(waits).toEqual([50, 100]);
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
    'tells a refusal by %s, after the tries of the client, as TableThrottled',
    async (name) => {
      const { tableName } = await makeTable();
      const refused = clientWith(() => Promise.reject(Object.assign(new Error('Too much.'), { name })));
      const table = tableOver(refused, tableName, []);
      const told = { name: 'TableThrottled', message: expect.stringContaining(`refused it (${name}). The table is`) };
      await expect(table.readRunLock('t')).rejects.toMatchObject(told);
      await expect(table.listLiveBackends('t')).rejects.toMatchObject(told);
      await expect(table.saveBackend(warnedDashboard())).rejects.toMatchObject(told);
    },
  );

  it('gives up with TableThrottled when DynamoDB leaves keys unprocessed for good', async () => {
    const { tableName } = await makeTable();
    const throttled = clientWith(async (command) => ({
      Responses: {},
      UnprocessedKeys: command instanceof BatchGetCommand ? command.input.RequestItems : {},
    }));
    const waits: number[] = [];
    await expect(
      tableOver(throttled, tableName, waits).readBackends([warnedDashboard().identity]),
    ).rejects.toMatchObject({ name: 'TableThrottled' });
    expect(waits).toEqual([50, 100, 200, 400, 800, 1600, 3200]);
  });

  it('names the item and the member when a stored item has another shape, and repeats no value', async () => {
    const { table, tableName } = await makeTable();
    await table.saveBackend(warnedDashboard());
    await dynamoDb.client.send(
      new PutCommand({
        TableName: tableName,
        Item: {
          pk: 'TARGET#analytics',
          sk: 'REAPER',
          kind: 'reaper-session',
          target: 'analytics',
          sessionId: ['top', 'secret'],
          version: 1,
          createdAt: 'now',
          colour: 'red',
        },
      }),
    );
    const failure = await table.readReaperSession('analytics').catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'StoredItemUnreadable' });
    expect(String(failure)).toContain("'REAPER' of 'TARGET#analytics'");
    expect(String(failure)).toContain('sessionId: Invalid input: expected string');
    expect(String(failure)).toContain('colour');
    expect(String(failure)).not.toContain('secret');
  });

  it('passes on what DynamoDB refuses for other reasons than a condition', async () => {
    const table = tableOver(dynamoDb.client, 'no-such-table');
    await expect(table.saveBackend(warnedDashboard())).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(table.releaseRunLock({ target: 'analytics', runId: 'run-1' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
  });

  it('lists live backends and notices over all pages, however small DynamoDB makes them', async () => {
    const { tableName } = await makeTable();
    let queries = 0;
    const smallPages = clientWith((command, pass) => {
      if (command instanceof QueryCommand) {
        command.input.Limit = 2;
        queries += 1;
      }
      return pass();
    });
    const table = tableOver(smallPages, tableName);
    for (const n of [0, 1, 2, 3, 4]) {
      await table.saveBackend(backendNumber(n));
      await table.saveNotice(plannedNotice({ noticeId: `notice-${n}` }));
    }
    expect(await table.listLiveBackends('analytics')).toHaveLength(5);
    expect(await table.listNotices({ target: 'analytics', runId: 'run-1' })).toHaveLength(5);
    expect(queries).toBe(6);
  });

  it('refuses a token that was made up to lead into another target', async () => {
    const { table } = await makeTable();
    const nextToken = encodePageToken('analytics/runs', { pk: 'TARGET#sales', sk: 'RUN#1#a' });
    await expect(table.listRuns({ target: 'analytics', nextToken })).rejects.toMatchObject({
      name: 'InvalidPageToken',
    });
  });

  it('reads single items strongly', async () => {
    const { tableName } = await makeTable();
    const gets: unknown[] = [];
    const watching = clientWith((command, pass) => {
      if (command instanceof GetCommand) {
        gets.push(command.input.ConsistentRead);
      }
      return pass();
    });
    const table = tableOver(watching, tableName);
    await table.readRun(runningRun());
    await table.readReaperSession('analytics');
    await table.holdsRunLock({ target: 'analytics', runId: 'run-1', now: NOW.toISOString() });
    expect(gets).toEqual([true, true, true]);
  });
});
