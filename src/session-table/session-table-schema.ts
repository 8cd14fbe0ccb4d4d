import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';

/** Sparse index of the backends that still need attention; only they carry its key attributes. */
export const LIVE_INDEX = 'live';

/** Backends by their start, for the history of a target. Its keys never change after an item's first write. */
export const HISTORY_INDEX = 'history';

/**
 * The session table as `CreateTable` takes it: what the embedded cloud creates and the deployed stack declares.
 *
 * `live` carries whole items, because its reader wants nothing else. `history` carries keys only, so that it costs a
 * write when a backend appears and none when it changes; its reader gets the items themselves by strong reads. It is a
 * global index and no local one, which would hold a target's whole partition to 10 GB (DynamoDB guide, "Local secondary
 * indexes", item collection size limit).
 *
 * Expiry (attribute `ttl`, epoch seconds) is no part of `CreateTable`: switch it on with `UpdateTimeToLive`.
 */
export function sessionTableSchema(tableName: string): CreateTableCommandInput {
  return {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'livePk', 'liveSk', 'historyPk', 'historySk'].map((name) => ({
      AttributeName: name,
      AttributeType: 'S',
    })),
    KeySchema: keySchema('pk', 'sk'),
    GlobalSecondaryIndexes: [
      { IndexName: LIVE_INDEX, KeySchema: keySchema('livePk', 'liveSk'), Projection: { ProjectionType: 'ALL' } },
      {
        IndexName: HISTORY_INDEX,
        KeySchema: keySchema('historyPk', 'historySk'),
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  };
}

function keySchema(hash: string, range: string): NonNullable<CreateTableCommandInput['KeySchema']> {
  return [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
}
