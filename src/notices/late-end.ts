/**
 * The end that holds once its owner was told: the one that was announced, or the receipt's own grace after it, whichever
 * is later. A late receipt moves the end, never the other way.
 *
 * @param announced ISO 8601, UTC; null: never ended
 * @param receiptAt ISO 8601, UTC
 * @param grace least seconds between receipt and end
 */
export function lateEnd(announced: string | null, receiptAt: string, grace: number): string | null {
  if (announced === null) {
    return null;
  }
  const earliest = Date.parse(receiptAt) + grace * 1000;
  return Date.parse(announced) >= earliest ? announced : new Date(earliest).toISOString();
}
