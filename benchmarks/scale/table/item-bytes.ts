/** An element of a list or map costs a byte beside itself, the list or map three. */
const OVERHEAD_BYTES = 3;

/**
 * How large DynamoDB counts an item (guide, "DynamoDB item sizes and formats"): names and strings by their UTF-8 bytes, a
 * number by half its significant digits and a byte, null and booleans one byte.
 */
export function itemBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') {
    return Buffer.byteLength(value);
  }
  if (typeof value === 'number') {
    const digits = String(Math.abs(value))
      .replace(/e.*$/, '')
      .replace('.', '')
      .replace(/^0+|0+$/g, '').length;
    return Math.ceil(digits / 2) + 1 + (value < 0 ? 1 : 0);
  }
  if (Array.isArray(value)) {
    return value.reduce((sum: number, one: unknown) => sum + valueBytes(one) + 1, OVERHEAD_BYTES);
  }
  if (typeof value === 'object' && value !== null) {
    const members = value as Readonly<Record<string, unknown>>;
    return itemBytes(members) + Object.keys(members).length + OVERHEAD_BYTES;
  }
  return 1;
}
