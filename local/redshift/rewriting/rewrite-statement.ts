import { asOneCommand } from './as-one-command.ts';
import { rewriteCreateRoutine } from './rewrite-create-routine.ts';
import { rewriteCreateTable } from './rewrite-create-table.ts';
import { rewriteExpression } from './rewrite-expression.ts';
import { rewriteUserStatement } from './rewrite-user-statement.ts';
import { readsLike, sourceOf, type TokenRange } from './token-range.ts';

/** Session parameters of Redshift that PostgreSQL does not know; there they live under a prefix of their own. */
const SESSION_PARAMETERS = new Set([
  'query_group',
  'enable_result_cache_for_session',
  'wlm_query_slot_count',
  'enable_case_sensitive_identifier',
  'describe_field_name_in_uppercase',
]);

/** `cancel 123 ['message']`: PostgreSQL has the function only; the message cannot be handed on. */
function rewriteCancel(statement: TokenRange): string | undefined {
  const { from, to, tokens } = statement;
  const pid = tokens[from + 1]?.text ?? '';
  const hasMessage = to - from === 3 && tokens[from + 2]?.kind === 'string';
  if (!readsLike(statement, from, 'cancel') || !/^\d+$/.test(pid) || !(to - from === 2 || hasMessage)) return undefined;
  return asOneCommand([`perform pg_catalog.pg_cancel_backend(${pid})`]);
}

function rewriteSessionParameter(statement: TokenRange): string | undefined {
  const { from, to, tokens } = statement;
  if (!['set', 'show', 'reset'].some((word) => readsLike(statement, from, word))) return undefined;
  const isLocal = readsLike(statement, from + 1, 'session') || readsLike(statement, from + 1, 'local');
  const at = from + (isLocal ? 2 : 1);
  const name = tokens[at];
  if (!name || at >= to || !SESSION_PARAMETERS.has(name.text)) return undefined;
  return `${sourceOf({ ...statement, to: at })} redshift.${sourceOf({ ...statement, from: at })}`;
}

/** `grant role sys:monitor to x`: PostgreSQL says no ROLE, and a name with a colon must be quoted. */
function rewriteGrantRole(statement: TokenRange): string | undefined {
  const { from, to, tokens } = statement;
  if (!readsLike(statement, from, 'grant', 'role') && !readsLike(statement, from, 'revoke', 'role')) return undefined;
  const words: string[] = [];
  for (let index = from; index < to; index++) {
    if (readsLike(statement, index, 'role')) continue;
    if (readsLike(statement, index, 'sys', ':') && index + 2 < to) {
      words.push(`"sys:${tokens[index + 2]?.text}"`);
      index += 2;
    } else {
      words.push(sourceOf({ ...statement, from: index, to: index + 1 }));
    }
  }
  return words.join(' ');
}

/**
 * Rewrites one statement, without the semicolon that ends it.
 *
 * @param rewriteBody rewrites the statements of a procedure's body
 */
export function rewriteStatement(statement: TokenRange, rewriteBody: (sql: string) => string): string {
  return (
    rewriteUserStatement(statement) ??
    rewriteCreateRoutine(statement, rewriteBody) ??
    rewriteCreateTable(statement) ??
    rewriteCancel(statement) ??
    rewriteSessionParameter(statement) ??
    rewriteGrantRole(statement) ??
    rewriteExpression(statement)
  );
}
