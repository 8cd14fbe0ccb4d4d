import type { SqlToken } from './sql-token.ts';

/** A run of tokens of one SQL text, from `from` up to but without `to`. */
export interface TokenRange {
  readonly sql: string;
  readonly tokens: readonly SqlToken[];
  readonly from: number;
  readonly to: number;
}

/** The index of the parenthesis that closes the one at `open`, or undefined if none does. */
export function findClosing(range: TokenRange, open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < range.to; index++) {
    const text = range.tokens[index]?.text;
    if (text === '(') depth++;
    if (text === ')' && --depth === 0) return index;
  }
  return undefined;
}

/** Cuts a range at a symbol where it stands outside parentheses; an empty range has no parts. */
export function splitRange(range: TokenRange, symbol: string): TokenRange[] {
  if (range.from >= range.to) return [];
  const parts: TokenRange[] = [];
  let from = range.from;
  let depth = 0;
  for (let index = range.from; index < range.to; index++) {
    const text = range.tokens[index]?.text;
    if (text === '(') depth++;
    if (text === ')') depth--;
    if (text === symbol && depth === 0) {
      parts.push({ ...range, from, to: index });
      from = index + 1;
    }
  }
  parts.push({ ...range, from, to: range.to });
  return parts;
}

/** The source text of a range, with the comments and spaces between its tokens. */
export function sourceOf(range: TokenRange): string {
  const first = range.tokens[range.from];
  const last = range.tokens[range.to - 1];
  return first && last && range.to > range.from ? range.sql.slice(first.start, last.end) : '';
}

/** Do the words from `index` on read like this? */
export function readsLike(range: TokenRange, index: number, ...words: string[]): boolean {
  return words.every((word, offset) => {
    const token = index + offset < range.to ? range.tokens[index + offset] : undefined;
    return token !== undefined && token.kind !== 'quoted' && token.kind !== 'string' && token.text === word;
  });
}
