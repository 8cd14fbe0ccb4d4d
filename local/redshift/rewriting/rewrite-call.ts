import { findDatepart } from './datepart.ts';
import { sourceOf, splitRange, type TokenRange } from './token-range.ts';

/** Rewrites what is inside a call; given by the caller, because calls nest. */
export type RewriteRange = (range: TokenRange) => string;

function literal(part: string): string {
  return `'${part}'`;
}

/** The datepart that a single token names, bare or as a string. */
function readDatepart(range: TokenRange | undefined): string | undefined {
  if (!range || range.to - range.from !== 1) return undefined;
  const token = range.tokens[range.from];
  if (!token || token.kind === 'quoted') return undefined;
  return findDatepart(token.kind === 'string' ? token.text.slice(1, -1) : token.text);
}

function withDatepart(name: string, args: TokenRange[], rewrite: RewriteRange): string | undefined {
  const part = readDatepart(args[0]);
  return part && `${name}(${[literal(part), ...args.slice(1).map(rewrite)].join(', ')})`;
}

/** `extract(epoch from x)`: Redshift gives an integer of that part alone. */
function rewriteExtract(inner: TokenRange, rewrite: RewriteRange): string | undefined {
  const part = readDatepart({ ...inner, to: inner.from + 1 });
  if (!part || inner.tokens[inner.from + 1]?.text !== 'from') return undefined;
  return `pg_slotkeeper.date_part(${literal(part)}, ${rewrite({ ...inner, from: inner.from + 2 })})`;
}

/** `decode(x, search, result, …, otherwise)`, where null equals null. */
function rewriteDecode(args: TokenRange[], rewrite: RewriteRange): string | undefined {
  if (args.length < 3) return undefined;
  const [value = '', ...rest] = args.map(rewrite);
  const branches: string[] = [];
  for (let index = 0; index + 1 < rest.length; index += 2) {
    branches.push(`when (${value}) is not distinct from (${rest[index]}) then ${rest[index + 1]}`);
  }
  const otherwise = rest.length % 2 === 1 ? ` else ${rest.at(-1)}` : '';
  return `(case ${branches.join(' ')}${otherwise} end)`;
}

/**
 * Rewrites one call of a function that PostgreSQL lacks or reads differently.
 *
 * @param name the function's name in lower case
 * @param inner what stands between its parentheses
 * @returns undefined if the call is to stay as it is
 */
export function rewriteCall(name: string, inner: TokenRange, rewrite: RewriteRange): string | undefined {
  const args = splitRange(inner, ',');
  switch (name) {
    case 'datediff':
    case 'date_diff':
      return withDatepart('date_diff', args, rewrite);
    case 'dateadd':
    case 'date_add':
      return withDatepart('date_add', args, rewrite);
    case 'date_part':
    case 'pgdate_part':
      return withDatepart('date_part', args, rewrite);
    case 'date_trunc':
      return withDatepart('date_trunc', args, rewrite);
    case 'extract':
      return rewriteExtract(inner, rewrite);
    case 'nvl':
      return `coalesce(${args.map(rewrite).join(', ')})`;
    case 'nvl2': {
      const [value = '', present, absent] = args.map(rewrite);
      return args.length === 3 ? `(case when (${value}) is not null then ${present} else ${absent} end)` : undefined;
    }
    case 'decode':
      return rewriteDecode(args, rewrite);
    case 'convert': {
      const [type, value] = args;
      return type && value && args.length === 2 ? `cast(${rewrite(value)} as ${rewrite(type)})` : undefined;
    }
    case 'varchar':
    case 'nvarchar':
      // The largest VARCHAR of Redshift has 65535 bytes.
      if (sourceOf(inner).toLowerCase() === 'max') return 'varchar(65535)';
      return name === 'nvarchar' ? `varchar(${sourceOf(inner)})` : undefined;
    default:
      return undefined;
  }
}
