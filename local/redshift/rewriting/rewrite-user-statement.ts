import { asOneCommand } from './as-one-command.ts';
import type { SqlToken } from './sql-token.ts';
import { readsLike, sourceOf, type TokenRange } from './token-range.ts';

/** A role's name as a string literal: unquoted names are folded to lower case. */
function nameLiteral(token: SqlToken): string {
  const name = token.kind === 'quoted' ? token.text.slice(1, -1).replaceAll('""', '"') : token.text;
  return `'${name.replaceAll("'", "''")}'`;
}

interface UserOption {
  /** How many tokens it has. */
  readonly length: number;
  /** What PostgreSQL calls it; undefined: nothing of the kind. */
  readonly text?: string;
  /** What is to be done besides. */
  readonly also?: string;
}

function readOption(range: TokenRange, index: number, user: SqlToken): UserOption | undefined {
  const argument = (offset: number): string => range.tokens[index + offset]?.text ?? '';
  if (readsLike(range, index, 'password', 'disable')) return { length: 2, text: 'password null' };
  if (readsLike(range, index, 'createuser')) return { length: 1, text: 'superuser' };
  if (readsLike(range, index, 'nocreateuser')) return { length: 1, text: 'nosuperuser' };
  if (readsLike(range, index, 'connection', 'limit', 'unlimited')) return { length: 3, text: 'connection limit -1' };
  if (readsLike(range, index, 'externalid')) return { length: 2 };
  const group = '"slotkeeper:syslog_unrestricted"';
  if (readsLike(range, index, 'syslog', 'access', 'unrestricted'))
    return { length: 3, also: `grant ${group} to ${user.text}` };
  if (readsLike(range, index, 'syslog', 'access', 'restricted'))
    return { length: 3, also: `revoke ${group} from ${user.text}` };
  const isReset = readsLike(range, index, 'reset', 'session', 'timeout');
  if (isReset || (readsLike(range, index, 'session', 'timeout') && /^\d+$/.test(argument(2)))) {
    const seconds = isReset ? 0 : argument(2);
    return { length: 3, also: `perform pg_slotkeeper.set_session_timeout(${nameLiteral(user)}, ${seconds})` };
  }
  return undefined;
}

/**
 * `create user` and `alter user` with the options that only Redshift has.
 *
 * @returns undefined if the statement is none or needs no change
 */
export function rewriteUserStatement(statement: TokenRange): string | undefined {
  const { from, to, tokens } = statement;
  const isCreate = readsLike(statement, from, 'create', 'user');
  if (!isCreate && !readsLike(statement, from, 'alter', 'user')) return undefined;
  const user = tokens[from + 2];
  if (!user || from + 2 >= to || user.kind === 'string' || user.kind === 'symbol') return undefined;
  const kept: string[] = [];
  const also: string[] = [];
  let isChanged = false;
  for (let index = from + 3; index < to; ) {
    const option = readOption(statement, index, user);
    if (option) {
      isChanged = true;
      if (option.text) kept.push(option.text);
      if (option.also) also.push(option.also);
    } else {
      kept.push(sourceOf({ ...statement, from: index, to: index + 1 }));
    }
    index += option?.length ?? 1;
  }
  if (!isChanged) return undefined;
  const hasOptions = kept.some((word) => word.toLowerCase() !== 'with');
  const commands = [
    ...(isCreate || hasOptions ? [`${sourceOf({ ...statement, to: from + 3 })} ${kept.join(' ')}`.trim()] : []),
    ...also,
  ];
  return commands.length === 1 && also.length === 0 ? commands[0] : asOneCommand(commands);
}
