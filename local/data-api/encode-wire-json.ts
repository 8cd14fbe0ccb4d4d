/** `JSON.rawJSON` is in Node since 22 and not yet in TypeScript's library. */
const { rawJSON } = JSON as JSON & { rawJSON(text: string): unknown };

/**
 * A response as the service writes it: timestamps are epoch seconds with milliseconds behind the point, 64-bit integers
 * keep all their digits.
 */
export function encodeWireJson(response: unknown): string {
  return JSON.stringify(response, function encode(this: Record<string, unknown>, key, value: unknown) {
    // `value` went through Date's toJSON already; the holder still has the Date.
    const original = this[key];
    if (original instanceof Date) return original.getTime() / 1000;
    return typeof value === 'bigint' ? rawJSON(value.toString()) : value;
  });
}
