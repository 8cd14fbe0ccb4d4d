import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endSession } from '../../src/pool/lifecycle/end-session.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { createMemorySessionPoolTable } from '../../src/session-table/memory-session-pool-table.ts';
import { POOL_TABLE_NEEDS } from '../packaged/port-needs.ts';
import { startDynalite, type TestDynamoDb } from '../support/start-dynalite.ts';
import { traceTable } from '../support/trace-table.ts';
import { creatingSession, exampleKey, openedSession, T0, T1 } from './example-pooled-session.ts';
import { describeSessionPoolTable } from './session-pool-table-contract.ts';

let dynamodb: TestDynamoDb;
beforeAll(async () => {
  dynamodb = await startDynalite();
});
afterAll(async () => {
  await dynamodb.stop();
});

async function dynamoDbTable(tableName: string, client = dynamodb.client) {
  await dynamodb.createSessionTable(tableName);
  return createDynamoDbSessionPoolTable({
    client,
    tableName,
    retentionSeconds: 3_600,
    now: () => new Date(T0),
  });
}

describeSessionPoolTable('createMemorySessionPoolTable', async () => createMemorySessionPoolTable());

const trace = traceTable(() => dynamodb.client);
describeSessionPoolTable('createDynamoDbSessionPoolTable', async () =>
  trace.traced(await dynamoDbTable(`pool-${randomUUID()}`, trace.client)),
);

it('asks of DynamoDB what the stack grants for each command, after all of the contract', () => {
  expect(trace.seen()).toEqual(POOL_TABLE_NEEDS);
});

it('lets only ended sessions expire, in whole seconds, and begins every key with the tenant', async () => {
  const table = await dynamoDbTable('expiry');
  const item = async () => {
    const Key = { pk: 'TENANT#acme#TARGET#analytics#DATABASE#dev#USER#tenant_acme', sk: 'SLOT#00000' };
    return (await dynamodb.client.send(new GetCommand({ TableName: 'expiry', Key }))).Item;
  };
  await table.saveSession(creatingSession());
  await table.saveSession(openedSession());
  expect(await item()).toMatchObject({ livePk: 'POOLED#analytics', state: 'leased' });
  expect(await item()).not.toHaveProperty('ttl');
  await table.saveSession(endSession(openedSession(), { reason: 'expired', at: T1, by: 'pool:c' }));
  expect(await item()).toMatchObject({ ttl: Date.parse(T0) / 1000 + 3_600, sessionId: null });
  expect(await item()).not.toHaveProperty('livePk');
  expect((await table.readPool(exampleKey())).sessions).toHaveLength(1);
});
