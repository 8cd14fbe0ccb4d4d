import { DeleteCommand, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { isConditionMet } from '../../benchmarks/scale/table/is-condition-met.ts';
import { itemBytes } from '../../benchmarks/scale/table/item-bytes.ts';
import { MeteredDynamoDb } from '../../benchmarks/scale/table/metered-dynamodb.ts';

const TableName = 'sessions';
const now = () => 0;
const wait = async () => undefined;

describe('the size of an item', () => {
  it('is names and values in UTF-8, half the digits of a number and a byte', () => {
    expect(itemBytes({ pk: 'TARGET#a', sk: 'LOCK' })).toBe(2 + 8 + 2 + 4);
    expect(itemBytes({ n: 12345 })).toBe(1 + 4);
    expect(itemBytes({ n: 1_000 })).toBe(1 + 2);
    expect(itemBytes({ u: 'ü', b: true, x: null })).toBe(1 + 2 + 1 + 1 + 1 + 1);
    expect(itemBytes({ m: { a: 'x' }, l: ['y', 'z'] })).toBe(1 + (1 + 1 + 1 + 3) + 1 + (2 + 2 + 3));
  });
});

describe('a condition', () => {
  const names = { '#version': 'version', '#identity': 'identity', '#user': 'user', '#until': 'until' };
  const stored = { version: 3, identity: { user: 'bi' }, until: '2026-11-20T15:00:00.000Z' };
  const met = (text: string, values: Record<string, unknown>, item: typeof stored | null = stored) =>
    isConditionMet(
      { ConditionExpression: text, ExpressionAttributeNames: names, ExpressionAttributeValues: values },
      item,
    );

  it('holds as DynamoDB says', () => {
    expect(met('attribute_not_exists(pk)', {})).toBe(false);
    expect(met('attribute_not_exists(pk)', {}, null)).toBe(true);
    expect(met('#version = :before AND #identity.#user = :user', { ':before': 3, ':user': 'bi' })).toBe(true);
    expect(met('#version = :before AND #identity.#user = :user', { ':before': 3, ':user': 'etl' })).toBe(false);
    expect(met('#version = :before', { ':before': 3 }, null)).toBe(false);
    expect(met('attribute_not_exists(pk) OR #until <= :now', { ':now': '2026-11-20T15:00:00.000Z' })).toBe(true);
    expect(met('attribute_not_exists(pk) OR #until <= :now', { ':now': '2026-11-20T14:59:59.999Z' })).toBe(false);
  });

  it('that it does not know is refused, not passed over', () => {
    expect(() => met('size(#version) > :n', { ':n': 1 })).toThrow('got size(#version) > :n');
  });
});

describe('the metered table', () => {
  it('counts a write unit per KB of the larger of old and new item, in the table and in the index', async () => {
    const table = new MeteredDynamoDb(now, wait);
    const Item = { pk: 'TARGET#a', sk: 'BACKEND#1', livePk: 'TARGET#a', liveSk: 'BACKEND#1', text: 'x'.repeat(1_500) };
    await table.client.send(new PutCommand({ TableName, Item }));
    expect(table.writes.all.total).toBe(4);
    const { livePk: _, liveSk: __, ...settled } = { ...Item, text: 'x' };
    await table.client.send(new PutCommand({ TableName, Item: settled }));
    // Two for the item that was larger, two for its entry that goes.
    expect(table.writes.all.total).toBe(8);
    await table.client.send(new DeleteCommand({ TableName, Key: { pk: 'TARGET#a', sk: 'BACKEND#1' } }));
    expect(table.writes.all.total).toBe(9);
    expect(table.writes.hottest()).toEqual({ key: 'TARGET#a', busiest: 5 });
  });

  it('counts a write that its condition refuses, and changes nothing', async () => {
    const table = new MeteredDynamoDb(now, wait);
    const Item = { pk: 'TARGET#a', sk: 'LOCK', version: 1 };
    const put = () =>
      table.client.send(new PutCommand({ TableName, Item, ConditionExpression: 'attribute_not_exists(pk)' }));
    await put();
    await expect(put()).rejects.toThrow(expect.objectContaining({ name: 'ConditionalCheckFailedException' }));
    expect(table.writes).toMatchObject({ calls: 2, all: { total: 2 } });
  });

  it('counts a read unit per 4 KB of all that a query finds, half of that in the index', async () => {
    const table = new MeteredDynamoDb(now, wait);
    for (const sk of ['SLOT#1', 'SLOT#2', 'WAIT#1']) {
      const Item = { pk: 'TENANT#t', sk, livePk: 'POOLED#a', liveSk: sk, text: 'x'.repeat(3_000) };
      await table.client.send(new PutCommand({ TableName, Item }));
    }
    const query = (more: object) => table.client.send(new QueryCommand({ TableName, ...more }));
    const strong = await query({
      KeyConditionExpression: 'pk = :partition AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':partition': 'TENANT#t', ':prefix': 'SLOT#' },
      ConsistentRead: true,
    });
    expect(strong.Items?.map(({ sk }) => sk)).toEqual(['SLOT#1', 'SLOT#2']);
    expect(table.reads.all.total).toBe(2);
    await query({
      IndexName: 'live',
      KeyConditionExpression: 'livePk = :partition',
      ExpressionAttributeValues: { ':partition': 'POOLED#a' },
    });
    expect(table.reads.all.total).toBe(3.5);
    await table.client.send(new GetCommand({ TableName, Key: { pk: 'TENANT#t', sk: 'nothing' } }));
    expect(table.reads.all.total).toBe(4.5);
  });
});
