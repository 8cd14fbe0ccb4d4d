import type { PoolWarehouse, ResultColumn, ResultValue } from './pool-warehouse.ts';
import { encodeResultToken, type ResultPosition } from './result-token.ts';

export interface FetchedRows {
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly (readonly ResultValue[])[];
  readonly nextToken: string | null;
}

const START: ResultPosition = { page: null, skip: 0 };

/**
 * At most so many rows of a result, over as many pages of the service as that takes. Pages cannot be told their size,
 * so the token may point into the middle of one.
 */
export async function fetchRows(
  warehouse: PoolWarehouse,
  statementId: string,
  maxRows: number,
  from: ResultPosition = START,
): Promise<FetchedRows> {
  let columns: readonly ResultColumn[] = [];
  const rows: (readonly ResultValue[])[] = [];
  let { page: token, skip } = from;
  for (;;) {
    const page = await warehouse.fetchPage(statementId, token);
    columns = page.columns.length > 0 ? page.columns : columns;
    const room = maxRows - rows.length;
    const fresh = page.rows.slice(skip, skip + room);
    rows.push(...fresh);
    if (skip + fresh.length < page.rows.length) {
      return { columns, rows, nextToken: encodeResultToken({ page: token, skip: skip + fresh.length }) };
    }
    if (page.nextToken === null || page.nextToken === token) {
      return { columns, rows, nextToken: null };
    }
    token = page.nextToken;
    skip = 0;
    if (rows.length === maxRows) {
      return { columns, rows, nextToken: encodeResultToken({ page: token, skip }) };
    }
  }
}
