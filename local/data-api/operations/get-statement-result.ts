import { resultMetadata } from '../column-metadata.ts';
import type { DataApiCaller } from '../data-api.ts';
import type { DataApiContext } from '../data-api-context.ts';
import { queryDoesNotExist, queryHasNoResult, validationError } from '../data-api-error.ts';
import { csvHeader, csvRow } from '../encode-csv.ts';
import { encodeField, type Field } from '../encode-field.ts';
import { readPageToken, writePageToken } from '../page-token.ts';
import type { QueryOutcome } from '../query-outcome.ts';
import type { RequestOf } from '../request-schemas.ts';
import { resultPage } from '../result-page.ts';
import { parseStatementId } from '../statement-id.ts';
import { waitForEnd } from '../wait-for-end.ts';

/** GetStatementResult: a page of a result as `Field`s. */
export async function getStatementResult(
  request: RequestOf<'GetStatementResult'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const { columns, rows } = await findOutcome(request, 'JSON', caller, context);
  const offset = startOf(request);
  const page = resultPage(rows, offset, context.page, (row) => {
    const item: Field[] = row.map((text, index) => encodeField(text, columns[index]?.typeId ?? 0));
    return { item, bytes: row.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0) };
  });
  return { Records: page.items, ...pageMembers(request, { columns, rows }, page.nextOffset) };
}

/** GetStatementResultV2: a page of a result as CSV, the first one with the header line. */
export async function getStatementResultV2(
  request: RequestOf<'GetStatementResultV2'>,
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<Record<string, unknown>> {
  const { columns, rows } = await findOutcome(request, 'CSV', caller, context);
  const offset = startOf(request);
  const page = resultPage(rows, offset, context.page, (row) => {
    const item = csvRow(row, columns);
    return { item, bytes: Buffer.byteLength(item) };
  });
  const header = offset === 0 ? csvHeader(columns) : '';
  return {
    Records: [{ CSVRecords: header + page.items.join('') }],
    ResultFormat: 'CSV',
    ...pageMembers(request, { columns, rows }, page.nextOffset),
  };
}

async function findOutcome(
  request: RequestOf<'GetStatementResult'>,
  format: 'JSON' | 'CSV',
  caller: DataApiCaller,
  context: DataApiContext,
): Promise<QueryOutcome> {
  const { id, part } = parseStatementId(request.Id);
  const statement = context.statements.get(id, caller.accessKeyId);
  await waitForEnd(statement, request.WaitTimeSeconds, context, caller.signal);
  const { resultFormat } = statement.request;
  if (resultFormat !== format) {
    // Our own text; that the formats do not mix is documented (API reference of both operations).
    const operation = resultFormat === 'CSV' ? 'GetStatementResultV2' : 'GetStatementResult';
    throw validationError(`The result of this query is in ${resultFormat} format: use ${operation}.`);
  }
  if (part !== undefined && (!statement.isBatch || statement.parts[part - 1] === undefined)) {
    throw queryDoesNotExist(request.Id);
  }
  // A batch has no result of its own, only its sub-statements have (guess for the batch's own id).
  const found = statement.isBatch ? statement.parts[(part ?? 0) - 1] : statement.parts[0];
  const { outcome } = found ?? {};
  const hasResult = outcome !== undefined && outcome.columns.length > 0 && statement.endedAt !== undefined;
  const isKept = statement.status === 'FINISHED' || statement.request.mode === 'AUTO_COMMIT';
  if (!hasResult || !isKept) throw queryHasNoResult(request.Id);
  return outcome;
}

function startOf({ Id, NextToken }: RequestOf<'GetStatementResult'>): number {
  return NextToken === undefined ? 0 : readPageToken(NextToken, Id);
}

function pageMembers(
  { Id }: RequestOf<'GetStatementResult'>,
  { columns, rows }: Pick<QueryOutcome, 'columns' | 'rows'>,
  nextOffset: number | undefined,
): Record<string, unknown> {
  return {
    ColumnMetadata: resultMetadata(columns, rows),
    TotalNumRows: rows.length,
    ...(nextOffset === undefined ? {} : { NextToken: writePageToken(Id, nextOffset) }),
  };
}
