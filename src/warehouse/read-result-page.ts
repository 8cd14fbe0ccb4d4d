import type { ColumnMetadata, Field } from '@aws-sdk/client-redshift-data';
import { ResultUnreadable } from './result-unreadable.ts';
import type { Row, Value } from './warehouse.ts';

/**
 * Names of a result's columns, as the query calls them.
 *
 * @throws ResultUnreadable when a name is missing or stands twice: a row by name would lose a value
 */
export function columnNames(statementId: string, columns: readonly ColumnMetadata[]): readonly string[] {
  const names = columns.map((column) => column.label || column.name || '');
  const unnamed = names.indexOf('');
  if (unnamed !== -1) {
    throw new ResultUnreadable(statementId, `expected every column to have a name, column ${unnamed + 1} has none.`);
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new ResultUnreadable(
      statementId,
      `expected different column names, got '${twice}' twice. Name one "as" else.`,
    );
  }
  return names;
}

/** @throws ResultUnreadable when a record has not one field per column, or a field no exact value */
export function toRow(statementId: string, names: readonly string[], fields: readonly Field[]): Row {
  if (fields.length !== names.length) {
    throw new ResultUnreadable(statementId, `expected ${names.length} fields in each record, got ${fields.length}.`);
  }
  return Object.fromEntries(names.map((name, index) => [name, toValue(statementId, name, fields[index])]));
}

function toValue(statementId: string, column: string, field: Field | undefined): Value {
  if (field?.isNull === true) {
    return null;
  }
  if (field?.stringValue !== undefined) {
    return field.stringValue;
  }
  if (field?.booleanValue !== undefined) {
    return field.booleanValue;
  }
  if (field?.doubleValue !== undefined) {
    return field.doubleValue;
  }
  if (field?.longValue !== undefined) {
    return exactInteger(statementId, column, field.longValue);
  }
  const kind = field?.blobValue === undefined ? 'of an unknown kind' : 'binary';
  throw new ResultUnreadable(
    statementId,
    `expected text, a number, a truth value or NULL in column '${column}', got a value ${kind}. Cast it in the query.`,
  );
}

function exactInteger(statementId: string, column: string, value: number): number {
  if (!Number.isSafeInteger(value)) {
    throw new ResultUnreadable(
      statementId,
      `the integer in column '${column}' is beyond 2^53, where the SDK has rounded it. Cast it to varchar in the query.`,
    );
  }
  return value;
}
