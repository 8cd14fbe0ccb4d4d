import { stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DeleteCommand, type DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';

const DAY_MS = 86_400_000;

export interface ExpiryOptions {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  /** The file `tidied` in it says when the last time was. */
  readonly folder: string;
  readonly now: Date;
}

/**
 * Deletes what DynamoDB would have deleted by the attribute `ttl`, which the embedded one only stores. Once a day at
 * most: it reads the whole table.
 *
 * @returns how many items were deleted; null: not yet time again
 */
export async function deleteExpiredItems({ client, tableName, folder, now }: ExpiryOptions): Promise<number | null> {
  const mark = join(folder, 'tidied');
  const last = await stat(mark).catch(() => null);
  if (last !== null && now.getTime() - last.mtimeMs < DAY_MS) {
    return null;
  }
  const scan = {
    TableName: tableName,
    ProjectionExpression: 'pk, sk',
    FilterExpression: '#ttl < :now',
    ExpressionAttributeNames: { '#ttl': 'ttl' },
    ExpressionAttributeValues: { ':now': Math.floor(now.getTime() / 1000) },
  };
  let deleted = 0;
  for await (const { Items = [] } of paginateScan({ client }, scan)) {
    for (const { pk, sk } of Items) {
      await client.send(new DeleteCommand({ TableName: tableName, Key: { pk, sk } }));
      deleted += 1;
    }
  }
  await writeFile(mark, '');
  await utimes(mark, now, now);
  return deleted;
}
