import { redshiftType } from './redshift-type.ts';

/** The `Field` union of the service's model. `blobValue` never occurs: varbyte travels as text. */
export type Field =
  | { readonly isNull: true }
  | { readonly booleanValue: boolean }
  | { readonly longValue: number | bigint }
  | { readonly doubleValue: number | string }
  | { readonly stringValue: string };

/**
 * Turns PostgreSQL's text form of a value into a `Field` (mgmt/data-api, "Data type mapping"): integers are longs,
 * floating-point numbers doubles, everything else text, DECIMAL too.
 *
 * @returns a `bigint` for an integer that a double cannot hold, so that no digit is lost
 */
export function encodeField(text: string | null, typeId: number): Field {
  if (text === null) return { isNull: true };
  switch (redshiftType(typeId).kind) {
    case 'boolean':
      return { booleanValue: text === 't' };
    case 'long':
      return { longValue: Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text) };
    case 'double':
      // JSON has no NaN or Infinity; AWS JSON writes them as strings.
      return { doubleValue: Number.isFinite(Number(text)) ? Number(text) : text };
    default:
      return { stringValue: encodeText(text, typeId) };
  }
}

/** A value in Redshift's text form, as it stands in `stringValue` and in CSV. */
export function encodeText(text: string, typeId: number): string {
  switch (redshiftType(typeId).kind) {
    case 'boolean':
      return text === 't' ? 'true' : 'false';
    case 'timestamp':
      // Seen of the service: `2022-02-22 00:00:00.0` (ballerina-platform/module-ballerinax-aws.redshiftdata, tests);
      // a fraction keeps its digits, as in the example of mgmt/data-api-calling-cli-get-statement-result.
      return /:\d\d$/.test(text) ? `${text}.0` : text;
    case 'bytes':
      return text.startsWith('\\x') ? text.slice(2) : text;
    default:
      return text;
  }
}
