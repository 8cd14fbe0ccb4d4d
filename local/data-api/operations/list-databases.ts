import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import type { RequestOf } from '../request-schemas.ts';
import { catalogQuery } from './catalog-query.ts';

/** ListDatabases: the databases that take connections. */
export async function listDatabases(
  request: RequestOf<'ListDatabases'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const text = 'select datname from pg_catalog.pg_database where datallowconn and not datistemplate order by datname';
  const { rows, nextToken } = await catalogQuery(request, { text, values: [] }, caller, context);
  return { Databases: rows.map(([name]) => name), ...nextToken };
}
