/**
 * Microseconds since 1970 of an ISO 8601 time in UTC with 0 to 6 fraction digits, e.g. `2026-11-20T15:03:28.123456Z`.
 *
 * `Date` would cut the server's microseconds, and text of different precision does not compare; a number does both
 * and stays exact until the year 2255.
 *
 * @throws RangeError when the text is no such time
 */
export function microsOf(iso: string): number {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?Z$/.exec(iso);
  const millis = parts === null ? Number.NaN : Date.parse(`${parts[1]}Z`);
  if (Number.isNaN(millis)) {
    throw new RangeError(
      `Expected a time in ISO 8601 and UTC such as 2026-11-20T15:03:28.123456Z, got '${iso.slice(0, 40)}'.`,
    );
  }
  return millis * 1000 + Number((parts?.[2] ?? '').padEnd(6, '0'));
}
