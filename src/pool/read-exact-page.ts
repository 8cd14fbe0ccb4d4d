import type { Field, GetStatementResultCommandOutput } from '@aws-sdk/client-redshift-data';
import { ResultUnreadable } from '../warehouse/result-unreadable.ts';
import type { ResultPage, ResultValue } from './pool-warehouse.ts';

/** The parts of an answer that a page is made of. */
export type ResultAnswer = Partial<Pick<GetStatementResultCommandOutput, 'ColumnMetadata' | 'Records' | 'NextToken'>>;

/**
 * A page of a result with exact values.
 *
 * @throws ResultUnreadable when a record has not one field per column, or a field no value that JSON can carry
 */
export function readExactPage(statementId: string, answer: ResultAnswer): ResultPage {
  const columns = (answer.ColumnMetadata ?? []).map((column) => ({
    name: column.label || column.name || '',
    type: column.typeName ?? '',
  }));
  const rows = (answer.Records ?? []).map((fields) => {
    if (fields.length !== columns.length) {
      throw new ResultUnreadable(
        statementId,
        `expected ${columns.length} fields in each record, got ${fields.length}.`,
      );
    }
    return fields.map((field, index) => toValue(statementId, columns[index]?.name ?? '', field));
  });
  return { columns, rows, nextToken: answer.NextToken || null };
}

function toValue(statementId: string, column: string, field: Field): ResultValue {
  if (field.isNull === true) {
    return null;
  }
  // The SDK hands on what stood on the wire: a text where a number would not be exact.
  const exact: unknown = field.stringValue ?? field.booleanValue ?? field.longValue ?? field.doubleValue;
  if (typeof exact === 'number') {
    return exactNumber(statementId, column, exact, field.longValue !== undefined);
  }
  if (typeof exact === 'string' || typeof exact === 'boolean') {
    return exact;
  }
  const kind = field.blobValue === undefined ? 'of an unknown kind' : 'binary';
  throw new ResultUnreadable(
    statementId,
    `expected text, a number, a truth value or NULL in column '${column}', got a value ${kind}. Cast it in the query.`,
  );
}

function exactNumber(statementId: string, column: string, value: number, isInteger: boolean): ResultValue {
  if (!Number.isFinite(value)) {
    return String(value);
  }
  if (isInteger && !Number.isSafeInteger(value)) {
    throw new ResultUnreadable(
      statementId,
      `the integer in column '${column}' is beyond 2^53 and came rounded. Use a client that reads the raw answer, or cast it to varchar in the query.`,
    );
  }
  return value;
}
