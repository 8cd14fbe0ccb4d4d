import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import type { RequestOf } from '../request-schemas.ts';
import { catalogQuery } from './catalog-query.ts';

/** Types as the API reference lists them for `TableMember.type`; SYSTEM VIEW is in the example of the guide. */
const TABLES = `
  select c.relname, n.nspname,
         case when n.nspname in ('pg_catalog', 'information_schema')
              then case c.relkind when 'v' then 'SYSTEM VIEW' else 'SYSTEM TABLE' end
              when c.relpersistence = 't' then 'LOCAL TEMPORARY'
              when c.relkind in ('v', 'm') then 'VIEW'
              else 'TABLE' end
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p', 'f', 'v', 'm') and n.nspname like $1 and c.relname like $2
   order by n.nspname, c.relname`;

/** ListTables: tables and views, by LIKE patterns of schema and name. */
export async function listTables(
  request: RequestOf<'ListTables'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const values = [request.SchemaPattern ?? '%', request.TablePattern ?? '%'];
  const { rows, nextToken } = await catalogQuery(request, { text: TABLES, values }, caller, context);
  return { Tables: rows.map(([name, schema, type]) => ({ name, schema, type })), ...nextToken };
}
