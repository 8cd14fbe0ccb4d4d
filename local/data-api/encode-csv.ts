import { encodeText } from './encode-field.ts';
import type { ResultColumn, TextRow } from './query-outcome.ts';

/**
 * One line of a CSV result, with `\r\n` at its end (mgmt/data-api: first row = headers). Fields are quoted where RFC 4180
 * asks for it; NULL is an empty field and an empty string is `""`, which is a guess.
 */
export function csvRow(row: TextRow, columns: readonly ResultColumn[]): string {
  const fields = row.map((value, index) =>
    value === null ? '' : quoted(encodeText(value, columns[index]?.typeId ?? 0)),
  );
  return `${fields.join(',')}\r\n`;
}

/** The header line of a CSV result. */
export function csvHeader(columns: readonly ResultColumn[]): string {
  return `${columns.map(({ name }) => quoted(name)).join(',')}\r\n`;
}

function quoted(text: string): string {
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
