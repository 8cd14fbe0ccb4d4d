import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import * as z from 'zod';
import { recordingShape } from '../replay/recording-shape.ts';
import { recordingHeadKey, recordingPartKey } from './item-keys.ts';
import type { ItemStore } from './item-store.ts';
import { readStoredItem } from './read-stored-item.ts';
import type { SessionTable } from './session-table.ts';
import { StoredItemUnreadable } from './stored-item-unreadable.ts';

/** An item may have 400 KB (DynamoDB guide, "Quotas"); compressed, 500 sessions take about a tenth of that. */
const PART_BYTES = 256 * 1024;
const PARTS_AT_ONCE = 4;

const compress = promisify(gzip);
const expand = promisify(gunzip);

const headShape = z.strictObject({ contentId: z.string(), parts: z.int().min(1) });
const partShape = z.strictObject({ bytes: z.instanceof(Uint8Array) });

/**
 * Recordings of any size, compressed, in items of at most 400 KB: first the parts, then the head that names them. A
 * later recording of the same run replaces the head; the parts that nobody names any more expire.
 *
 * @param ttl epoch seconds at which an item written now expires
 */
export function createDynamoDbRecordings(
  client: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
  store: ItemStore,
  ttl: () => number,
): Pick<SessionTable, 'saveRecording' | 'readRecording'> {
  const put = (Item: Record<string, unknown>) => client.send(new PutCommand({ TableName: tableName, Item }));

  return {
    async saveRecording(key, recording) {
      const bytes = await compress(JSON.stringify(recording));
      const contentId = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
      const parts = Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, index) =>
        bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
      );
      await pMap(
        parts,
        (part, index) =>
          put({ ...recordingPartKey(key, contentId, index + 1), kind: 'recording-part', ttl: ttl(), bytes: part }),
        { concurrency: PARTS_AT_ONCE },
      );
      await put({ ...recordingHeadKey(key), kind: 'recording', ttl: ttl(), contentId, parts: parts.length });
    },

    async readRecording(key) {
      const item = await store.get(recordingHeadKey(key));
      if (item === null) {
        return null;
      }
      const what = `the recording of run ${key.runId}`;
      const { contentId, parts } = readStoredItem(headShape, 'recording', item);
      const keys = Array.from({ length: parts }, (_, index) => recordingPartKey(key, contentId, index + 1));
      const items = [...(await store.getMany(keys))].sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
      if (items.length !== parts) {
        throw new StoredItemUnreadable(what, `${items.length} of its ${parts} parts are there`);
      }
      const bytes = Buffer.concat(items.map((part) => readStoredItem(partShape, 'recording-part', part).bytes));
      const recording = recordingShape.safeParse(JSON.parse((await expand(bytes)).toString('utf8')));
      if (!recording.success) {
        const problems = recording.error.issues.map((issue) => `${issue.path.join('.') || 'it'}: ${issue.message}`);
        throw new StoredItemUnreadable(what, problems.join('; '));
      }
      return recording.data;
    },
  };
}
