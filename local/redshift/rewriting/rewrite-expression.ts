import { rewriteCall } from './rewrite-call.ts';
import { rewriteListagg } from './rewrite-listagg.ts';
import { findClosing, readsLike, type TokenRange } from './token-range.ts';

const SET_OPERATORS = new Set(['union', 'intersect', 'except']);

/**
 * Rewrites queries and expressions: calls, `sysdate`, `top n`. What it does not know it leaves as it is, spaces and comments too.
 */
export function rewriteExpression(range: TokenRange): string {
  const { sql, tokens, from, to } = range;
  let output = '';
  /** Where the source that has not been copied yet begins. */
  let copied = tokens[from]?.start ?? 0;
  /** The LIMIT that stands for the TOP of the select we are in, and where in the output that select begins. */
  let limit: string | undefined;
  let selectAt = 0;

  const copyUpTo = (offset: number): void => {
    output += sql.slice(copied, offset);
    copied = offset;
  };
  const closeSelect = (isPartOfUnion: boolean): void => {
    if (limit === undefined) return;
    const select = `${output.slice(selectAt).trimEnd()} limit ${limit}`;
    output = output.slice(0, selectAt) + (isPartOfUnion ? `(${select}) ` : select);
    limit = undefined;
  };
  let isInUnion = false;

  for (let index = from; index < to; ) {
    const token = tokens[index];
    if (!token) break;
    const before = index > from ? tokens[index - 1]?.text : undefined;
    const isName = token.kind === 'word' && before !== '.' && before !== ':';
    const open = tokens[index + 1]?.text === '(' && index + 1 < to ? index + 1 : undefined;

    if (token.text === '(' && token.kind === 'symbol') {
      const close = findClosing(range, index);
      if (close === undefined) break;
      copyUpTo(token.end);
      if (close > index + 1) {
        const first = tokens[index + 1]?.start ?? token.end;
        copyUpTo(first);
        output += rewriteExpression({ ...range, from: index + 1, to: close });
        copied = tokens[close - 1]?.end ?? first;
      }
      index = close;
      copyUpTo(tokens[close]?.end ?? copied);
      index++;
      continue;
    }
    // MINUS is another name of EXCEPT; where no query follows it is somebody's alias.
    const isMinus = isName && (readsLike(range, index, 'minus', 'select') || readsLike(range, index, 'minus', '('));
    if (isMinus || (isName && SET_OPERATORS.has(token.text))) {
      copyUpTo(token.start);
      closeSelect(true);
      isInUnion = true;
      output += isMinus ? 'except' : token.text;
      copied = token.end;
    } else if (isName && token.text === 'select') {
      copyUpTo(token.start);
      selectAt = output.length;
      const hasQuantifier = readsLike(range, index + 1, 'distinct') || readsLike(range, index + 1, 'all');
      const top = index + (hasQuantifier ? 2 : 1);
      const count = tokens[top + 1];
      if (readsLike(range, top, 'top') && count && top + 1 < to && /^\d+$/.test(count.text)) {
        copyUpTo(tokens[top]?.start ?? token.end);
        limit = count.text;
        copied = tokens[top + 2]?.start ?? count.end;
        index = top + 2;
        continue;
      }
    } else if (isName && token.text === 'sysdate' && before !== 'as' && open === undefined) {
      copyUpTo(token.start);
      output += 'pg_catalog.sysdate()';
      copied = token.end;
    } else if (isName && open !== undefined) {
      const close = findClosing(range, open);
      const call = { ...range, from: open + 1, to: close ?? to };
      const aggregate = token.text === 'listagg' ? rewriteListagg(range, open, rewriteExpression) : undefined;
      const text =
        aggregate?.text ?? (close === undefined ? undefined : rewriteCall(token.text, call, rewriteExpression));
      if (text !== undefined && close !== undefined) {
        copyUpTo(token.start);
        output += text;
        index = aggregate?.next ?? close + 1;
        copied = tokens[index - 1]?.end ?? copied;
        continue;
      }
    }
    index++;
  }
  copyUpTo(Math.max(copied, tokens[to - 1]?.end ?? copied));
  closeSelect(isInUnion);
  return output;
}
