import { rewriteExpression } from './rewrite-expression.ts';
import { findClosing, readsLike, sourceOf, splitRange, type TokenRange } from './token-range.ts';

/** `identity(seed, step)` as PostgreSQL's identity column; the index after it. */
function rewriteIdentity(range: TokenRange, index: number): { text: string; next: number } | undefined {
  const isByDefault = readsLike(range, index, 'generated', 'by', 'default', 'as', 'identity', '(');
  const isDefault = readsLike(range, index, 'default', 'identity', '(');
  const open = isByDefault
    ? index + 5
    : isDefault
      ? index + 2
      : readsLike(range, index, 'identity', '(')
        ? index + 1
        : undefined;
  const close = open === undefined ? undefined : findClosing(range, open);
  if (open === undefined || close === undefined) return undefined;
  const [seed, step] = splitRange({ ...range, from: open + 1, to: close }, ',');
  if (!seed || !step) return undefined;
  const kind = isByDefault || isDefault ? 'by default' : 'always';
  return {
    text: `generated ${kind} as identity (start with ${sourceOf(seed)} increment by ${sourceOf(step)})`,
    next: close + 1,
  };
}

/** One column or constraint: Redshift's attributes go, the rest stays. A column may bear the name of an attribute. */
function rewriteColumn(column: TokenRange): string {
  const kept: string[] = [];
  let from = column.from;
  let index = column.from + 1;
  const keepUpTo = (end: number): void => {
    if (end > from) kept.push(rewriteExpression({ ...column, from, to: end }));
  };
  while (index < column.to) {
    const identity = rewriteIdentity(column, index);
    const skipped = readsLike(column, index, 'encode')
      ? 2
      : readsLike(column, index, 'distkey') || readsLike(column, index, 'sortkey')
        ? 1
        : 0;
    if (!identity && skipped === 0) {
      index++;
      continue;
    }
    keepUpTo(index);
    if (identity) kept.push(identity.text);
    index = identity?.next ?? index + skipped;
    from = index;
  }
  keepUpTo(column.to);
  return kept.join(' ');
}

/** The number of tokens of the table attribute that begins at `index`: DISTSTYLE, DISTKEY, SORTKEY, ENCODE AUTO, BACKUP. */
function attributeLength(range: TokenRange, index: number): number {
  if (
    readsLike(range, index, 'diststyle') ||
    readsLike(range, index, 'backup') ||
    readsLike(range, index, 'encode', 'auto')
  )
    return 2;
  if (readsLike(range, index, 'sortkey', 'auto')) return 2;
  const key = readsLike(range, index, 'compound') || readsLike(range, index, 'interleaved') ? index + 1 : index;
  if (!readsLike(range, key, 'sortkey', '(') && !readsLike(range, key, 'distkey', '(')) return 0;
  const close = findClosing(range, key + 1);
  return close === undefined ? 0 : close + 1 - index;
}

/**
 * `create table`: without what Redshift says about distribution, order and compression, which PostgreSQL has no counterpart for.
 *
 * @returns undefined if the statement is none
 */
export function rewriteCreateTable(statement: TokenRange): string | undefined {
  const { from, to } = statement;
  if (!readsLike(statement, from, 'create')) return undefined;
  let index = from + 1;
  while (['local', 'temp', 'temporary'].some((word) => readsLike(statement, index, word))) index++;
  if (!readsLike(statement, index, 'table')) return undefined;
  while (
    index < to &&
    !readsLike(statement, index, '(') &&
    !readsLike(statement, index, 'as') &&
    attributeLength(statement, index) === 0
  )
    index++;
  const parts = [sourceOf({ ...statement, to: index })];
  if (readsLike(statement, index, '(')) {
    const close = findClosing(statement, index);
    if (close === undefined) return undefined;
    const columns = splitRange({ ...statement, from: index + 1, to: close }, ',');
    parts.push(`(${columns.map(rewriteColumn).join(', ')})`);
    index = close + 1;
  }
  while (index < to && !readsLike(statement, index, 'as')) {
    const length = attributeLength(statement, index);
    if (length === 0) parts.push(sourceOf({ ...statement, from: index, to: index + 1 }));
    index += Math.max(length, 1);
  }
  if (index < to) parts.push(rewriteExpression({ ...statement, from: index }));
  return parts.join(' ');
}
