/** How much one page of a result may hold. */
export interface PageLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** A page of encoded rows, and where the next one begins if there is one. */
export interface ResultPage<T> {
  readonly items: readonly T[];
  readonly nextOffset?: number;
}

/**
 * Cuts one page out of a result: as many rows as both limits allow, one at least.
 *
 * @param encode gives a row's form on the wire and its size in bytes
 */
export function resultPage<S, T>(
  rows: readonly S[],
  offset: number,
  limits: PageLimits,
  encode: (row: S) => { readonly item: T; readonly bytes: number },
): ResultPage<T> {
  const items: T[] = [];
  let bytes = 0;
  let next = offset;
  for (const row of rows.slice(offset, offset + limits.rows)) {
    const encoded = encode(row);
    bytes += encoded.bytes;
    if (items.length > 0 && bytes > limits.bytes) break;
    items.push(encoded.item);
    next += 1;
  }
  return next < rows.length ? { items, nextOffset: next } : { items };
}
