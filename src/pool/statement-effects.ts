/** What a statement does to its session beside what it returns. */
export interface StatementEffects {
  /** A word of transaction control: how the transaction stands afterwards, if the statement finishes. */
  readonly transaction: 'begins' | 'ends' | null;
  /** Whether it may leave something behind: a setting, a temporary table, a prepared statement, a cursor. */
  readonly leavesTraces: boolean;
}

/** What is no word of SQL: strings, quoted names, line comments; and where a block comment or a dollar quote begins. */
const OPAQUE =
  /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?<tag>\$(?:[A-Za-z_]\w*)?\$)|(?<comment>\/\*)/g;

/** The same where a backslash escapes in every string: Redshift takes it so, PostgreSQL by its settings. */
const OPAQUE_WITH_BACKSLASHES =
  /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?<tag>\$(?:[A-Za-z_]\w*)?\$)|(?<comment>\/\*)/g;

/** Where there is none of these, both say the same. */
const ESCAPES = /\\|[eE]'/;

const BEGINS = /^(?:begin|start\s+transaction)\b/;
const ENDS = /^(?:commit|end|rollback|abort)\b/;
const TRACES = /^(?:set|reset|prepare|deallocate|declare|use|call|lock)\b|\btemp(?:orary)?\b|#|\bset_config\b/;

/**
 * Reads from a statement's words what it leaves on its session. It looks at words only and rather says too much than
 * too little: what a stored procedure does cannot be seen, so a `call` counts as leaving traces. The Data API asks for
 * a single statement, but no page says that it refuses several in one text: each of them counts.
 */
export function statementEffects(sql: string): StatementEffects {
  const statements = (ESCAPES.test(sql) ? [OPAQUE, OPAQUE_WITH_BACKSLASHES] : [OPAQUE]).flatMap((opaque) =>
    onlyWords(sql, opaque)
      .toLowerCase()
      .split(';')
      .map((words) => words.replace(/^[\s(]+/, '')),
  );
  const isThere = (word: RegExp) => statements.some((words) => word.test(words));
  return {
    // One that begins counts more: where a later one fails, what it has begun is still open.
    transaction: isThere(BEGINS) ? 'begins' : isThere(ENDS) ? 'ends' : null,
    leavesTraces: isThere(TRACES),
  };
}

function onlyWords(sql: string, opaque: RegExp): string {
  const lastTags = lastTagsOf(sql);
  let words = '';
  let position = 0;
  opaque.lastIndex = 0;
  for (let match = opaque.exec(sql); match !== null; match = opaque.exec(sql)) {
    const end = endOf(sql, match, lastTags);
    if (end === null) {
      // The dollar sign that ends this tag may begin the next.
      opaque.lastIndex -= 1;
    } else {
      words += `${sql.slice(position, match.index)} `;
      position = end;
      opaque.lastIndex = end;
    }
  }
  return words + sql.slice(position);
}

/** Where a match that is no word of SQL ends; null: it is one, a dollar quote's tag that nothing closes. */
function endOf(sql: string, match: RegExpExecArray, lastTags: ReadonlyMap<string, number>): number | null {
  const { comment, tag } = match.groups ?? {};
  const end = match.index + match[0].length;
  if (comment !== undefined) {
    return endOfComment(sql, match.index);
  }
  if (tag === undefined) {
    return end;
  }
  return (lastTags.get(tag) ?? 0) >= end ? sql.indexOf(tag, end) + tag.length : null;
}

/**
 * Where each dollar quote's tag stands last. To look for the end of each that has none would take the square of the
 * text's length. Tags overlap: the dollar sign that ends one may begin the next.
 */
function lastTagsOf(sql: string): ReadonlyMap<string, number> {
  if (!sql.includes('$')) {
    return new Map();
  }
  return new Map([...sql.matchAll(/(?=(\$(?:[A-Za-z_]\w*)?\$))/g)].map((match) => [match[1] ?? '', match.index]));
}

/** Block comments nest in PostgreSQL and Redshift. */
function endOfComment(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) {
      return marks.lastIndex;
    }
  }
  return sql.length;
}
