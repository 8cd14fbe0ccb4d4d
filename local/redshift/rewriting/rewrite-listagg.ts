import type { RewriteRange } from './rewrite-call.ts';
import { findClosing, readsLike, sourceOf, splitRange, type TokenRange } from './token-range.ts';

/**
 * `listagg([distinct] x [, delimiter]) [within group (order by y)]` becomes `string_agg([distinct] x, delimiter [order by y])`.
 *
 * @param range what the call stands in
 * @param open the index of the call's opening parenthesis
 * @returns the new text and the index after what it replaces, or undefined if it is no such call
 */
export function rewriteListagg(
  range: TokenRange,
  open: number,
  rewrite: RewriteRange,
): { text: string; next: number } | undefined {
  const close = findClosing(range, open);
  if (close === undefined) return undefined;
  const isDistinct = readsLike(range, open + 1, 'distinct');
  const [value, delimiter] = splitRange({ ...range, from: open + (isDistinct ? 2 : 1), to: close }, ',');
  if (!value) return undefined;
  let next = close + 1;
  let order = '';
  const text = `(${rewrite(value)})::text`;
  if (readsLike(range, next, 'within', 'group', '(')) {
    const end = findClosing(range, next + 2);
    if (end === undefined || !readsLike(range, next + 3, 'order', 'by')) return undefined;
    const by = { ...range, from: next + 5, to: end };
    // PostgreSQL wants a distinct aggregate ordered by the very expression that it aggregates.
    const isSame = isDistinct && sourceOf(by).toLowerCase() === sourceOf(value).toLowerCase();
    order = ` order by ${isSame ? text : rewrite(by)}`;
    next = end + 1;
  }
  const parts = `${isDistinct ? 'distinct ' : ''}${text}, ${delimiter ? rewrite(delimiter) : "''"}${order}`;
  return { text: `string_agg(${parts})`, next };
}
