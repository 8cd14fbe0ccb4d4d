import { createHash } from 'node:crypto';
import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import type { PlanMember } from '../policy/plan.ts';
import { planHeadKey, planPartKey } from './item-keys.ts';
import { type ItemStore, isConditionFailure } from './item-store.ts';
import { readStoredItem } from './read-stored-item.ts';
import type { SessionTable } from './session-table.ts';
import { StoredItemUnreadable } from './stored-item-unreadable.ts';
import { planHeadShape, planPartShape } from './stored-shapes.ts';
import { VersionConflict } from './version-conflict.ts';

/**
 * Members of a part, as bytes of JSON. An item may have 400 KB (DynamoDB guide, "Quotas"), and JSON is never smaller
 * than what DynamoDB counts: it spends more on every quote, name and null.
 */
const PART_BYTES = 256 * 1024;
const PARTS_AT_ONCE = 4;

/**
 * Plans of any size, in items of at most 400 KB: first the parts, then the head that makes them a plan. A writer that
 * dies between them leaves no plan, only parts that expire. Part keys carry a digest of the content, so that two
 * writers of different plans for one run never mix theirs.
 *
 * @param ttl epoch seconds at which an item written now expires
 */
export function createDynamoDbPlans(
  client: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
  store: ItemStore,
  ttl: () => number,
): Pick<SessionTable, 'savePlan' | 'readPlan'> {
  async function readHead(key: { target: string; runId: string }) {
    const item = await store.get(planHeadKey(key));
    return item === null ? null : readStoredItem(planHeadShape, 'plan', item);
  }

  return {
    async savePlan(key, plan) {
      const { members, ...head } = plan;
      const contentId = createHash('sha256').update(JSON.stringify(plan)).digest('hex').slice(0, 32);
      const parts = inParts(members);
      await pMap(
        parts,
        (part, index) =>
          store.put({ ...planPartKey(key, contentId, index + 1), kind: 'plan-part', ttl: ttl(), members: part }),
        { concurrency: PARTS_AT_ONCE },
      );
      try {
        await client.send(
          new PutCommand({
            TableName: tableName,
            Item: {
              ...planHeadKey(key),
              kind: 'plan',
              ttl: ttl(),
              ...head,
              contentId,
              parts: parts.length,
              memberCount: members.length,
            },
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        );
      } catch (cause) {
        if (!isConditionFailure(cause)) {
          throw cause;
        }
        const stored = await readHead(key);
        if (stored?.hash !== plan.hash) {
          throw new VersionConflict(`the plan of run ${key.runId}`, 0, { cause });
        }
      }
    },

    async readPlan(key) {
      const head = await readHead(key);
      if (head === null) {
        return null;
      }
      const { contentId, parts, memberCount, ...plan } = head;
      const keys = Array.from({ length: parts }, (_, index) => planPartKey(key, contentId, index + 1));
      const items = [...(await store.getMany(keys))].sort((a, b) => (String(a['sk']) < String(b['sk']) ? -1 : 1));
      const members = items.flatMap((item) => readStoredItem(planPartShape, 'plan-part', item).members);
      if (items.length !== parts || members.length !== memberCount) {
        throw new StoredItemUnreadable(
          `the plan of run ${key.runId}`,
          `${items.length} of its ${parts} parts and ${members.length} of its ${memberCount} members are there`,
        );
      }
      return { ...plan, members };
    },
  };
}

function inParts(members: readonly PlanMember[]): PlanMember[][] {
  const parts: PlanMember[][] = [];
  let room = 0;
  for (const member of members) {
    const bytes = Buffer.byteLength(JSON.stringify(member));
    const part = parts.at(-1);
    if (part === undefined || bytes > room) {
      parts.push([member]);
      room = PART_BYTES - bytes;
    } else {
      part.push(member);
      room -= bytes;
    }
  }
  return parts;
}
