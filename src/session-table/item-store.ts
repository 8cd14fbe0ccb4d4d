import { setTimeout as delay } from 'node:timers/promises';
import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { ItemKey } from './item-keys.ts';
import { NO_PACE, type TablePace } from './table-pace.ts';
import { TableThrottled } from './table-throttled.ts';
import { VersionConflict } from './version-conflict.ts';

/** BatchGetItem takes 100 keys at most (DynamoDB API reference, "BatchGetItem"). */
const BATCH_KEYS = 100;
/** Query reads a megabyte at most (DynamoDB guide, "Quotas"). */
const PAGE_BYTES = 1024 ** 2;
const BATCHES_AT_ONCE = 4;
const BATCH_TRIES = 8;
const FIRST_BACK_OFF_MS = 50;

export type StoredItem = Readonly<Record<string, unknown>>;

/** What a `Query` asks for besides table and paging. */
export type ItemQuery = Pick<
  QueryCommandInput,
  'IndexName' | 'KeyConditionExpression' | 'ExpressionAttributeValues' | 'ConsistentRead' | 'ScanIndexForward'
>;

/** An item to be written: its record's members besides these. */
export interface VersionedItem extends ItemKey {
  readonly kind: string;
  readonly version: number;
  /** Epoch seconds. */
  readonly ttl?: number;
  readonly livePk?: string;
  readonly liveSk?: string;
  readonly historyPk?: string;
  readonly historySk?: string;
}

/** The few ways in which the adapter uses its one table: strong reads, conditional writes, queries; never a scan. */
export interface ItemStore {
  get(key: ItemKey): Promise<StoredItem | null>;
  /** Strong reads; keys without an item are left out, in no particular order. @throws TableThrottled */
  getMany(keys: readonly ItemKey[]): Promise<readonly StoredItem[]>;
  /**
   * Writes the item whole if the stored one has the version before it (1: if there is none).
   *
   * @param what names the item in the error
   * @param user if given, the stored item must also be about this database user's backend
   * @throws VersionConflict when the condition does not hold; nothing is changed
   */
  putNext(item: VersionedItem, what: string, user?: string): Promise<void>;
  /** Writes an item that nobody else writes, whatever is stored. */
  put(item: ItemKey & StoredItem): Promise<void>;
  /** All items of a query, over all pages. */
  queryAll(query: ItemQuery): Promise<readonly StoredItem[]>;
  queryPage(
    query: ItemQuery,
    limit: number,
    after: Readonly<Record<string, string>> | null,
  ): Promise<{ items: readonly StoredItem[]; lastKey: StoredItem | null }>;
}

/**
 * @param wait sleeps between the tries of a throttled batch, milliseconds
 * @param pace keeps to what a partition takes. @default none
 */
export function createItemStore(
  client: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
  wait: (ms: number) => Promise<unknown> = delay,
  pace: TablePace = NO_PACE,
): ItemStore {
  async function getBatch(keys: readonly ItemKey[]): Promise<StoredItem[]> {
    const items: StoredItem[] = [];
    let left: Record<string, unknown>[] = keys.map(({ pk, sk }) => ({ pk, sk }));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      await pace.readItems(left.length);
      const answer = await client.send(
        new BatchGetCommand({ RequestItems: { [tableName]: { Keys: left, ConsistentRead: true } } }),
      );
      items.push(...(answer.Responses?.[tableName] ?? []));
      left = answer.UnprocessedKeys?.[tableName]?.Keys ?? [];
      if (left.length > 0) {
        if (attempt === BATCH_TRIES) {
          throw new TableThrottled(
            `Expected DynamoDB to read a batch of the session table, but ${left.length} of its keys were still unprocessed after ${BATCH_TRIES} tries.`,
          );
        }
        await wait(FIRST_BACK_OFF_MS * 2 ** (attempt - 1));
      }
    }
    return items;
  }

  return {
    async get({ pk, sk }) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: { pk, sk }, ConsistentRead: true }),
      );
      return Item ?? null;
    },

    async getMany(keys) {
      const unique = [...new Map(keys.map((key) => [JSON.stringify([key.pk, key.sk]), key])).values()];
      const batches = Array.from({ length: Math.ceil(unique.length / BATCH_KEYS) }, (_, index) =>
        unique.slice(index * BATCH_KEYS, (index + 1) * BATCH_KEYS),
      );
      return (await pMap(batches, getBatch, { concurrency: BATCHES_AT_ONCE })).flat();
    },

    async putNext(item, what, user) {
      const before = item.version - 1;
      const ofUser = before > 0 && user !== undefined;
      // What DynamoDB counts is the item without JSON's punctuation: a little less.
      await pace.write(jsonBytes(item));
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: item,
            ConditionExpression:
              before === 0
                ? 'attribute_not_exists(pk)'
                : `#version = :before${ofUser ? ' AND #identity.#user = :user' : ''}`,
            ...(before === 0
              ? {}
              : {
                  ExpressionAttributeNames: {
                    '#version': 'version',
                    ...(ofUser ? { '#identity': 'identity', '#user': 'user' } : {}),
                  },
                  ExpressionAttributeValues: { ':before': before, ...(ofUser ? { ':user': user } : {}) },
                }),
          }),
        );
      } catch (cause) {
        if (isConditionFailure(cause)) {
          throw new VersionConflict(what, before, { cause });
        }
        throw cause;
      }
    },

    async put(item) {
      await pace.write(jsonBytes(item));
      await client.send(new PutCommand({ TableName: tableName, Item: item }));
    },

    async queryAll(query) {
      const items: StoredItem[] = [];
      let startKey: Record<string, unknown> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: tableName,
            ...query,
            ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
          }),
        );
        items.push(...(page.Items ?? []));
        startKey = page.LastEvaluatedKey;
        if (startKey !== undefined) {
          // A whole page of a megabyte; the last one may be small.
          await pace.readBytes(PAGE_BYTES);
        }
      } while (startKey !== undefined);
      return items;
    },

    async queryPage(query, limit, after) {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          ...query,
          Limit: limit,
          ...(after === null ? {} : { ExclusiveStartKey: { ...after } }),
        }),
      );
      return { items: page.Items ?? [], lastKey: page.LastEvaluatedKey ?? null };
    },
  };
}

const jsonBytes = (item: object) => Buffer.byteLength(JSON.stringify(item));

/** Branches on the name: bundles may hold the error class twice. */
export function isConditionFailure(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConditionalCheckFailedException';
}
