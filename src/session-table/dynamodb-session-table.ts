import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { createDynamoDbPlans } from './dynamodb-plans.ts';
import { createDynamoDbRecordings } from './dynamodb-recordings.ts';
import { createDynamoDbRunLock } from './dynamodb-run-lock.ts';
import { createDynamoDbSchedules } from './dynamodb-schedules.ts';
import { InvalidPageToken } from './invalid-page-token.ts';
import { isLiveBackend } from './is-live-backend.ts';
import {
  backendKey,
  backendPidPrefix,
  CLIENT_PREFIX,
  clientKey,
  historySortKey,
  type ItemKey,
  noticeKey,
  noticePrefix,
  ownerMailKey,
  RUN_PREFIX,
  reaperSessionKey,
  runKey,
  snoozeCountKey,
  targetPartition,
} from './item-keys.ts';
import { createItemStore, type ItemQuery, type StoredItem } from './item-store.ts';
import { pageLimit } from './page-limit.ts';
import { decodePageToken, encodePageToken } from './page-token.ts';
import { readStoredItem } from './read-stored-item.ts';
import type { SessionTable } from './session-table.ts';
import { HISTORY_INDEX, LIVE_INDEX } from './session-table-schema.ts';
import {
  backendShape,
  clientShape,
  noticeShape,
  ownerMailShape,
  reaperSessionShape,
  runShape,
  snoozeCountShape,
} from './stored-shapes.ts';
import type { TablePace } from './table-pace.ts';
import { tellThrottling } from './tell-throttling.ts';

export interface DynamoDbSessionTableOptions {
  /** With the default marshalling: empty strings stay empty strings. */
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** How long settled backends, runs, plans and notices stay, from their last write. */
  readonly retentionSeconds: number;
  readonly now: () => Date;
  /** Sleeps between the tries of a throttled batch read, milliseconds; the process's timer by default. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Keeps to what a partition takes. @default none, as on a laptop */
  readonly pace?: TablePace;
}

/**
 * The session table on one DynamoDB table of {@link sessionTableSchema}: single conditional writes, strong reads, no
 * transaction and no scan.
 *
 * DynamoDB deletes an item some time after its `ttl`; nothing here depends on when. A write that DynamoDB took but whose
 * answer was lost, tried again by the SDK, ends as VersionConflict: the caller reads again and finds its own record.
 */
export function createDynamoDbSessionTable(options: DynamoDbSessionTableOptions): SessionTable {
  const { tableName, retentionSeconds, now } = options;
  const client = tellThrottling(options.client);
  const store = createItemStore(client, tableName, options.wait, options.pace);
  const ttl = () => Math.floor(now().getTime() / 1000) + retentionSeconds;

  const readBackends: SessionTable['readBackends'] = async (identities) => {
    const items = await store.getMany(identities.map(backendKey));
    const wanted = new Set(identities.map(identityText));
    return items.map(toBackend).filter((record) => wanted.has(identityText(record.identity)));
  };

  async function page(listing: string, target: string, query: ItemQuery, limit?: number, nextToken?: string) {
    const after = nextToken === undefined ? null : decodePageToken(listing, nextToken);
    if (after !== null && after['pk'] !== targetPartition(target)) {
      throw new InvalidPageToken('it names an item of another target');
    }
    const { items, lastKey } = await store.queryPage(query, pageLimit(limit), after);
    const next = lastKey === null ? null : encodePageToken(listing, stringKey(lastKey));
    return { items, nextToken: next };
  }

  return {
    readBackends,

    async listLiveBackends(target) {
      const items = await store.queryAll({
        IndexName: LIVE_INDEX,
        KeyConditionExpression: 'livePk = :partition',
        ExpressionAttributeValues: { ':partition': targetPartition(target) },
      });
      return items.map(toBackend);
    },

    async listBackends({ target, pid, limit, nextToken }) {
      if (pid !== undefined) {
        const prefix = backendPidPrefix(pid);
        const found = await page(`${target}/${prefix}`, target, newestFirst(target, prefix), limit, nextToken);
        return { items: found.items.map(toBackend), nextToken: found.nextToken };
      }
      const query = {
        IndexName: HISTORY_INDEX,
        KeyConditionExpression: 'historyPk = :partition',
        ExpressionAttributeValues: { ':partition': targetPartition(target) },
        ScanIndexForward: false,
      };
      const found = await page(`${target}/backends`, target, query, limit, nextToken);
      const order = new Map(found.items.map((item, index) => [String(item['sk']), index]));
      const items = await store.getMany(found.items.map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
      const sorted = [...items].sort((a, b) => (order.get(String(a['sk'])) ?? 0) - (order.get(String(b['sk'])) ?? 0));
      return { items: sorted.map(toBackend), nextToken: found.nextToken };
    },

    async saveBackend(record) {
      const { identity } = record;
      const key = backendKey(identity);
      const what = `backend ${identity.pid} of ${identity.target} started at ${identity.startedAt}`;
      await store.putNext(
        {
          ...key,
          kind: 'backend',
          historyPk: key.pk,
          historySk: historySortKey(identity),
          ...(isLiveBackend(record) ? { livePk: key.pk, liveSk: key.sk } : { ttl: ttl() }),
          ...record,
        },
        what,
        identity.user,
      );
    },

    ...createDynamoDbRunLock(client, tableName, store),
    ...createDynamoDbSchedules(store),
    ...createDynamoDbPlans(client, tableName, store, ttl),
    ...createDynamoDbRecordings(client, tableName, store, ttl),

    async readRun(key) {
      return readOne(runKey(key), (item) => readStoredItem(runShape, 'run', item));
    },

    async saveRun(record) {
      await store.putNext({ ...runKey(record), kind: 'run', ttl: ttl(), ...record }, `run ${record.runId}`);
    },

    async listRuns({ target, limit, nextToken }) {
      const found = await page(`${target}/runs`, target, newestFirst(target, RUN_PREFIX), limit, nextToken);
      return { items: found.items.map((item) => readStoredItem(runShape, 'run', item)), nextToken: found.nextToken };
    },

    async readNotice(key) {
      return readOne(noticeKey(key), (item) => readStoredItem(noticeShape, 'notice', item));
    },

    async saveNotice(record) {
      const what = `notice ${record.noticeId} of run ${record.runId}`;
      await store.putNext({ ...noticeKey(record), kind: 'notice', ttl: ttl(), ...record }, what);
    },

    async listNotices({ target, runId }) {
      const items = await store.queryAll({ ...startingWith(target, noticePrefix(runId)), ConsistentRead: true });
      return items.map((item) => readStoredItem(noticeShape, 'notice', item));
    },

    async listClients(target) {
      const items = await store.queryAll({ ...startingWith(target, CLIENT_PREFIX), ConsistentRead: true });
      return items.map((item) => readStoredItem(clientShape, 'client', item));
    },

    async saveClient(record) {
      // A hold may be longer than the retention.
      const kept = Math.max(ttl(), Math.ceil(Date.parse(record.until) / 1000) + retentionSeconds);
      await store.putNext({ ...clientKey(record), kind: 'client', ttl: kept, ...record }, `client ${record.id}`);
    },

    async readSnoozeCount(key) {
      return readOne(snoozeCountKey(key), (item) => readStoredItem(snoozeCountShape, 'snooze-count', item));
    },

    async saveSnoozeCount(record) {
      const item = { ...snoozeCountKey(record), kind: 'snooze-count', ttl: ttl(), ...record };
      await store.putNext(item, `the snoozes of ${record.owner} on ${record.day}`);
    },

    async readOwnerMail(key) {
      return readOne(ownerMailKey(key), (item) => readStoredItem(ownerMailShape, 'owner-mail', item));
    },

    async saveOwnerMail(record) {
      const item = { ...ownerMailKey(record), kind: 'owner-mail', ttl: ttl(), ...record };
      await store.putNext(item, `the mail to ${record.owner}`);
    },

    async readReaperSession(target) {
      return readOne(reaperSessionKey(target), (item) => readStoredItem(reaperSessionShape, 'reaper-session', item));
    },

    async saveReaperSession(record) {
      const what = `the reaper's session of ${record.target}`;
      await store.putNext({ ...reaperSessionKey(record.target), kind: 'reaper-session', ...record }, what);
    },
  };

  async function readOne<T>(key: ItemKey, read: (item: StoredItem) => T): Promise<T | null> {
    const item = await store.get(key);
    return item === null ? null : read(item);
  }
}

/** All four members of an identity: a key alone does not tell users apart. */
function identityText({ target, pid, startedAt, user }: BackendIdentity): string {
  return JSON.stringify([target, pid, startedAt, user]);
}

function toBackend(item: StoredItem): BackendRecord {
  return readStoredItem(backendShape, 'backend', item);
}

function startingWith(target: string, prefix: string): ItemQuery {
  return {
    KeyConditionExpression: 'pk = :partition AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':partition': targetPartition(target), ':prefix': prefix },
  };
}

function newestFirst(target: string, prefix: string): ItemQuery {
  return { ...startingWith(target, prefix), ConsistentRead: true, ScanIndexForward: false };
}

function stringKey(key: StoredItem): Record<string, string> {
  return Object.fromEntries(Object.entries(key).map(([name, value]) => [name, String(value)]));
}
