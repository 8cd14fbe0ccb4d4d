import { DeleteCommand, type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { lockKey } from './item-keys.ts';
import { type ItemStore, isConditionFailure } from './item-store.ts';
import { readStoredItem } from './read-stored-item.ts';
import type { LockAnswer, SessionTable } from './session-table.ts';
import { runLockShape } from './stored-shapes.ts';
import { utcInstant } from './utc-instant.ts';

/** Tries to take a lock that is given back or taken anew between the refusal and the look at its holder. */
const TRIES = 3;

/**
 * The run lock of a target: one item, taken and given back by conditional writes. It expires by itself, judged by the
 * caller's clock; nobody has to tidy up after a run that died.
 */
export function createDynamoDbRunLock(
  client: Pick<DynamoDBDocumentClient, 'send'>,
  tableName: string,
  store: ItemStore,
): Pick<SessionTable, 'takeRunLock' | 'readRunLock' | 'holdsRunLock' | 'releaseRunLock'> {
  async function holder(target: string): Promise<{ runId: string; expiresAt: string } | null> {
    const item = await store.get(lockKey(target));
    return item === null ? null : readStoredItem(runLockShape, 'lock', item);
  }

  return {
    async takeRunLock({ target, runId, now, expiresAt }) {
      const lock = { ...lockKey(target), kind: 'lock', runId, expiresAt: utcInstant(expiresAt, 'expiresAt') };
      let refused: LockAnswer = { taken: false, holder: 'unknown', expiresAt: lock.expiresAt };
      for (let attempt = 1; attempt <= TRIES; attempt += 1) {
        try {
          await client.send(
            new PutCommand({
              TableName: tableName,
              Item: lock,
              ConditionExpression: 'attribute_not_exists(pk) OR #runId = :runId OR #expiresAt <= :now',
              ExpressionAttributeNames: { '#runId': 'runId', '#expiresAt': 'expiresAt' },
              ExpressionAttributeValues: { ':runId': runId, ':now': utcInstant(now, 'now') },
            }),
          );
          return { taken: true };
        } catch (error) {
          if (!isConditionFailure(error)) {
            throw error;
          }
        }
        const held = await holder(target);
        if (held !== null) {
          refused = { taken: false, holder: held.runId, expiresAt: held.expiresAt };
          if (held.expiresAt > utcInstant(now, 'now') && held.runId !== runId) {
            return refused;
          }
        }
      }
      return refused;
    },

    readRunLock: holder,

    async holdsRunLock({ target, runId, now }) {
      const held = await holder(target);
      return held !== null && held.runId === runId && held.expiresAt > utcInstant(now, 'now');
    },

    async releaseRunLock({ target, runId }) {
      try {
        await client.send(
          new DeleteCommand({
            TableName: tableName,
            Key: lockKey(target),
            ConditionExpression: '#runId = :runId',
            ExpressionAttributeNames: { '#runId': 'runId' },
            ExpressionAttributeValues: { ':runId': runId },
          }),
        );
      } catch (error) {
        // Another run has it, or nobody: either way it is not ours to give back.
        if (!isConditionFailure(error)) {
          throw error;
        }
      }
    },
  };
}
