import type { GlobalSecondaryIndex, KeySchemaElement } from '@aws-sdk/client-dynamodb';
import type { TableShape } from '../../doctor/deployment/judge-table.ts';

/** What both a table's description and the request that creates it have. */
interface DescribedTable {
  readonly KeySchema?: KeySchemaElement[] | undefined;
  readonly GlobalSecondaryIndexes?:
    | readonly Partial<Pick<GlobalSecondaryIndex, 'IndexName' | 'KeySchema' | 'Projection'>>[]
    | undefined;
}

/** The keys and indexes of a table, in an order of their own. */
export function tableShape({ KeySchema, GlobalSecondaryIndexes }: DescribedTable): TableShape {
  return {
    keys: keyNames(KeySchema),
    indexes: (GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema: keys, Projection }) => ({
      name: IndexName ?? '',
      keys: keyNames(keys),
      projection: Projection?.ProjectionType ?? 'unknown',
    })),
  };
}

/** Hash first, whatever order they come in. */
function keyNames(schema: readonly KeySchemaElement[] | undefined): readonly string[] {
  const sorted = (schema ?? []).toSorted((a, b) => (a.KeyType ?? '').localeCompare(b.KeyType ?? ''));
  return sorted.map(({ AttributeName }) => AttributeName ?? '');
}
