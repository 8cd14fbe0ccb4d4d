import { rewriteStatement } from './rewriting/rewrite-statement.ts';
import { readTokens } from './rewriting/sql-token.ts';
import type { TokenRange } from './rewriting/token-range.ts';

/**
 * Turns Redshift's SQL into PostgreSQL's, where the embedded server's catalog cannot make it run unchanged: bare dateparts,
 * `sysdate`, NVL, NVL2, DECODE, LISTAGG, CONVERT, TOP, distribution and sort keys, IDENTITY, options of users, CANCEL.
 *
 * As little as possible is touched, so that PostgreSQL's error texts stay about what was written. What is unknown, and what is no
 * SQL at all, goes through unchanged for PostgreSQL to judge. Never throws. Text in strings, quoted names and comments is safe;
 * `:name` and `$1` placeholders survive.
 *
 * @param sql one or several statements
 */
export function rewriteRedshiftSql(sql: string): string {
  try {
    return rewriteStatements(sql);
  } catch (error) {
    // Nested too deeply for us: PostgreSQL has a message of its own for that.
    if (error instanceof RangeError) return sql;
    throw error;
  }
}

function rewriteStatements(sql: string): string {
  const tokens = readTokens(sql);
  if (!tokens) return sql;
  let output = '';
  let copied = 0;
  let from = 0;
  for (let index = 0; index <= tokens.length; index++) {
    if (index < tokens.length && tokens[index]?.text !== ';') continue;
    const statement: TokenRange = { sql, tokens, from, to: index };
    const first = tokens[from];
    const last = tokens[index - 1];
    if (first && last && index > from) {
      output += sql.slice(copied, first.start) + rewriteStatement(statement, rewriteRedshiftSql);
      copied = last.end;
    }
    from = index + 1;
  }
  return output + sql.slice(copied);
}
