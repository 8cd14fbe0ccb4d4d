/** A `SqlParameter` of the service's model. */
export interface SqlParameter {
  readonly name: string;
  readonly value: string;
}

/** SQL whose `:name` parameters became `$1`, `$2`, …, with the value of each place. */
export interface BoundSql {
  readonly text: string;
  readonly values: readonly string[];
  /** The names that the SQL refers to. */
  readonly used: ReadonlySet<string>;
}

/** Pieces of SQL in which a colon is no parameter, and the parameter itself. Block comments nest: see below. */
const PIECES =
  /(?<skip>[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\$(?<tag>(?:[A-Za-z_]\w*)?)\$[\s\S]*?\$\k<tag>\$|::)|(?<comment>\/\*)|:(?<name>[0-9A-Za-z_]+)/g;

/**
 * Puts `$n` in the place of every `:name` that has a value.
 *
 * Each place gets a number of its own, so that PostgreSQL infers its type from where it stands, as it would for an
 * untyped literal. Casts (`::int`), strings, quoted identifiers, dollar quotes and comments are left alone: the service
 * does not look for parameters in strings (aws-samples/getting-started-with-amazon-redshift-data-api#4). A name without
 * a value stays, and the database says what it thinks of the colon (aws/aws-sdk-pandas#3024).
 */
export function bindParameters(sql: string, parameters: readonly SqlParameter[]): BoundSql {
  if (parameters.length === 0) return { text: sql, values: [], used: new Set() };
  const byName = new Map(parameters.map(({ name, value }) => [name, value]));
  const values: string[] = [];
  const used = new Set<string>();
  let text = '';
  let copiedTo = 0;
  PIECES.lastIndex = 0;
  for (let match = PIECES.exec(sql); match !== null; match = PIECES.exec(sql)) {
    if (match.groups?.['comment'] !== undefined) {
      PIECES.lastIndex = endOfComment(sql, match.index);
      continue;
    }
    const name = match.groups?.['name'];
    const value = name === undefined ? undefined : byName.get(name);
    if (name === undefined || value === undefined) continue;
    values.push(value);
    used.add(name);
    text += `${sql.slice(copiedTo, match.index)}$${values.length}`;
    copiedTo = match.index + match[0].length;
  }
  return { text: text + sql.slice(copiedTo), values, used };
}

/** Where the block comment that starts at `start` ends; comments nest in PostgreSQL and Redshift. */
function endOfComment(sql: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}
