import { readsLike, sourceOf, type TokenRange } from './token-range.ts';

/**
 * `create procedure` and `create function`: the body between dollar quotes is SQL or PL/pgSQL, so it is rewritten too, and
 * NONATOMIC goes, which PostgreSQL has no word for.
 *
 * @param rewriteBody rewrites several statements
 * @returns undefined if the statement is none
 */
export function rewriteCreateRoutine(statement: TokenRange, rewriteBody: (sql: string) => string): string | undefined {
  const { from, to, tokens } = statement;
  const at = readsLike(statement, from, 'create', 'or', 'replace') ? from + 3 : from + 1;
  const isRoutine = readsLike(statement, at, 'procedure') || readsLike(statement, at, 'function');
  if (!readsLike(statement, from, 'create') || !isRoutine) return undefined;
  let output = '';
  let copied = tokens[from]?.start ?? 0;
  for (let index = from; index < to; index++) {
    const token = tokens[index];
    const quote = token?.kind === 'string' ? /^\$\w*\$/.exec(token.text)?.[0] : undefined;
    if (!token || (quote === undefined && !readsLike(statement, index, 'nonatomic'))) continue;
    output += statement.sql.slice(copied, token.start);
    if (quote !== undefined) output += `${quote}${rewriteBody(token.text.slice(quote.length, -quote.length))}${quote}`;
    copied = token.end;
  }
  return output + sourceOf(statement).slice(copied - (tokens[from]?.start ?? 0));
}
