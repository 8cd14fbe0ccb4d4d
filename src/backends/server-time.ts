import { microsOf } from './instant.ts';

/**
 * Turns a server's `to_char(…, 'YYYYMMDDHH24MISS')` (14 digits) or `…MISSUS` (20 digits) into ISO 8601, UTC.
 *
 * Digits only, because that survives every client: a template without colons cannot be taken for a parameter of the
 * Data API (`:MI`), and text is not rounded or moved to another time zone on its way.
 *
 * @returns null when the text is no such time
 */
export function readServerTime(digits: string): string | null {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{6})?$/.exec(digits);
  if (parts === null) {
    return null;
  }
  const [, year, month, day, hour, minute, second, micros] = parts;
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}${micros === undefined ? '' : `.${micros}`}Z`;
  try {
    microsOf(iso);
  } catch {
    return null; // Digits in the right places, but no day of any calendar.
  }
  return iso;
}
