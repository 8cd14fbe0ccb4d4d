import { columnMetadata } from '../column-metadata.ts';
import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import type { TextRow } from '../query-outcome.ts';
import type { RequestOf } from '../request-schemas.ts';
import { catalogQuery } from './catalog-query.ts';

/** An absent schema or table matches all (API reference); names are names here, not patterns. */
const COLUMNS = `
  select a.attname, a.atttypid::int8, a.atttypmod, a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attlen,
         n.nspname, c.relname
    from pg_catalog.pg_attribute a
    join pg_catalog.pg_class c on c.oid = a.attrelid
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
   where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'f', 'v', 'm')
     and ($1 = '' or n.nspname = $1) and ($2 = '' or c.relname = $2)
   order by n.nspname, c.relname, a.attnum`;

/** DescribeTable: the columns of a table, or of all tables that the request leaves open. */
export async function describeTable(
  request: RequestOf<'DescribeTable'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const values = [request.Schema ?? '', request.Table ?? ''];
  const { rows, nextToken } = await catalogQuery(request, { text: COLUMNS, values }, caller, context);
  return {
    ...(request.Table === undefined ? {} : { TableName: request.Table }),
    ColumnList: rows.map(describeColumn),
    ...nextToken,
  };
}

function describeColumn(row: TextRow) {
  const [name, typeId, typeModifier, notNull, columnDefault, length, schemaName, tableName] = row;
  const column = { name: name ?? '', typeId: Number(typeId), typeModifier: Number(typeModifier) };
  // Types without a fixed length have a declared one, or none.
  const declared = column.typeModifier >= 4 ? column.typeModifier - 4 : 0;
  return columnMetadata(column, {
    origin: {
      schemaName: schemaName ?? '',
      tableName: tableName ?? '',
      nullable: notNull === 'f',
      length: Number(length) > 0 ? Number(length) : declared,
      ...(columnDefault === null || columnDefault === undefined ? {} : { columnDefault }),
    },
  });
}
