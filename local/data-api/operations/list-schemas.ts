import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import type { RequestOf } from '../request-schemas.ts';
import { catalogQuery } from './catalog-query.ts';

/**
 * ListSchemas: a database's schemas, by a LIKE pattern. Where ConnectedDatabase and Database differ, the emulator connects
 * to Database: what it shows of it is the same.
 */
export async function listSchemas(
  request: RequestOf<'ListSchemas'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const text = 'select nspname from pg_catalog.pg_namespace where nspname like $1 order by nspname';
  const values = [request.SchemaPattern ?? '%'];
  const { rows, nextToken } = await catalogQuery(request, { text, values }, caller, context);
  return { Schemas: rows.map(([name]) => name), ...nextToken };
}
