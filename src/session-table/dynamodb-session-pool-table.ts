import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { PooledSessionRecord } from '../pool/pooled-session.ts';
import type { SessionPoolTable } from '../pool/session-pool-table.ts';
import { createItemStore, isConditionFailure, type StoredItem } from './item-store.ts';
import {
  livePoolPartition,
  pooledSessionKey,
  poolPartition,
  SLOT_PREFIX,
  targetSlotKey,
  targetSlotsPartition,
  WAIT_PREFIX,
  waitKey,
} from './pool-item-keys.ts';
import { pooledSessionShape, targetSlotShape, waitingShape } from './pool-shapes.ts';
import { readStoredItem } from './read-stored-item.ts';
import { LIVE_INDEX } from './session-table-schema.ts';
import { tellThrottling } from './tell-throttling.ts';
import { utcInstant } from './utc-instant.ts';

export interface DynamoDbSessionPoolTableOptions {
  /** With the default marshalling: empty strings stay empty strings. */
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** How long ended sessions stay, from their last write. */
  readonly retentionSeconds: number;
  readonly now: () => Date;
}

/**
 * The pool's items in the session table: single conditional writes and strong queries of one partition.
 *
 * A write that DynamoDB took but whose answer was lost, tried again by the SDK, ends as VersionConflict: the caller
 * reads again and finds its own record.
 */
export function createDynamoDbSessionPoolTable(options: DynamoDbSessionPoolTableOptions): SessionPoolTable {
  const { tableName, retentionSeconds, now } = options;
  const client = tellThrottling(options.client);
  const store = createItemStore(client, tableName);

  const strongly = (partition: string) =>
    store.queryAll({
      KeyConditionExpression: 'pk = :partition',
      ExpressionAttributeValues: { ':partition': partition },
      ConsistentRead: true,
    });

  return {
    async readPool(key) {
      const items = await strongly(poolPartition(key));
      return {
        sessions: items.filter(startsWith(SLOT_PREFIX)).map(toSession),
        waiting: items.filter(startsWith(WAIT_PREFIX)).map((item) => readStoredItem(waitingShape, 'waiting', item)),
      };
    },

    async readSession(key, slot) {
      const item = await store.get(pooledSessionKey(key, slot));
      return item === null ? null : toSession(item);
    },

    async saveSession(record) {
      const key = pooledSessionKey(record.key, record.slot);
      const life =
        record.state === 'ended'
          ? { ttl: Math.floor(now().getTime() / 1000) + retentionSeconds }
          : { livePk: livePoolPartition(record.key.target), liveSk: `${key.pk}#${key.sk}` };
      const what = `slot ${record.slot} of tenant ${record.key.tenant} on ${record.key.target}`;
      await store.putNext({ ...key, kind: 'pooled-session', ...life, ...record }, what);
    },

    async listLiveSessions(target) {
      const items = await store.queryAll({
        IndexName: LIVE_INDEX,
        KeyConditionExpression: 'livePk = :partition',
        ExpressionAttributeValues: { ':partition': livePoolPartition(target) },
      });
      return items.map(toSession);
    },

    async joinLine(key, entry) {
      const until = utcInstant(entry.until, 'until');
      const item = { ...waitKey(key, entry.holder), kind: 'waiting', ttl: seconds(until), ...entry, until };
      await client.send(new PutCommand({ TableName: tableName, Item: item }));
    },

    async leaveLine(key, holder) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: waitKey(key, holder) }));
    },

    async readTargetSlots(target) {
      const items = await strongly(targetSlotsPartition(target));
      return items.map((item) => readStoredItem(targetSlotShape, 'target-slot', item));
    },

    async claimTargetSlot(slot, at) {
      const until = utcInstant(slot.until, 'until');
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              ...targetSlotKey(slot.target, slot.number),
              kind: 'target-slot',
              ttl: seconds(until),
              ...slot,
              until,
            },
            ConditionExpression: 'attribute_not_exists(pk) OR #holder = :holder OR #until <= :now',
            ExpressionAttributeNames: { '#holder': 'holder', '#until': 'until' },
            ExpressionAttributeValues: { ':holder': slot.holder, ':now': utcInstant(at, 'now') },
          }),
        );
        return true;
      } catch (error) {
        if (isConditionFailure(error)) {
          return false;
        }
        throw error;
      }
    },

    async releaseTargetSlot({ target, number, holder }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: targetSlotKey(target, number),
            ConditionExpression: '#holder = :holder',
            ExpressionAttributeNames: { '#holder': 'holder' },
            ExpressionAttributeValues: { ':holder': holder },
          }),
        );
      } catch (error) {
        // Another session has it, or nobody: either way it is not this one's to give back.
        if (!isConditionFailure(error)) {
          throw error;
        }
      }
    },
  };
}

function toSession(item: StoredItem): PooledSessionRecord {
  return readStoredItem(pooledSessionShape, 'pooled-session', item);
}

function startsWith(prefix: string): (item: StoredItem) => boolean {
  return (item) => String(item['sk']).startsWith(prefix);
}

function seconds(instant: string): number {
  return Math.floor(Date.parse(instant) / 1000);
}
