import { Dialect, tokenize } from '@polyglot-sql/sdk';

/** A piece of SQL text. Offsets count UTF-16 code units, as JavaScript's strings do. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'symbol';
  /** The source text, lower-cased if it is a word. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

function kindOf(tokenType: string, source: string): SqlToken['kind'] {
  if (source.startsWith('"')) return 'quoted';
  if (tokenType.includes('STRING') || source.includes("'")) return 'string';
  return /^[\p{L}_]/u.test(source) ? 'word' : 'symbol';
}

/**
 * Splits SQL into tokens with PostgreSQL's rules for strings, dollar quotes and (nested) comments. Comments are no tokens.
 *
 * @returns undefined for text that is not SQL at all, such as an unterminated string
 */
export function readTokens(sql: string): SqlToken[] | undefined {
  const { success, tokens } = tokenize(sql, Dialect.PostgreSQL);
  if (!success || !tokens) return undefined;
  // The tokenizer counts code points.
  const characters = Array.from(sql);
  const offsets = [0];
  for (const character of characters) offsets.push((offsets.at(-1) ?? 0) + character.length);
  return tokens.map(({ span, ...token }) => {
    const start = offsets[span.start] ?? sql.length;
    const end = offsets[span.end] ?? sql.length;
    const source = sql.slice(start, end);
    // At run time the member is named token_type.
    const tokenType = 'token_type' in token ? String(token.token_type) : String(token.tokenType);
    const kind = kindOf(tokenType, source);
    return { kind, text: kind === 'word' ? source.toLowerCase() : source, start, end };
  });
}
