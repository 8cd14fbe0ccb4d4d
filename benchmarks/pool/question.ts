/** A query that only one answer is right for: who asks, and a value of its own. */
export interface Question {
  readonly sql: string;
  readonly value: string;
}

let asked = 0;

/** A question that nobody asked before. */
export function newQuestion(): Question {
  asked += 1;
  return { sql: 'select current_user::varchar as who, cast(:value as varchar) as what', value: `value ${asked}` };
}

/**
 * What is wrong with an answer; null: nothing.
 *
 * @param rows as they came
 * @param user the database user that was to ask
 */
export function whatIsWrong(rows: readonly (readonly unknown[])[], user: string, { value }: Question): string | null {
  const [row, ...more] = rows;
  const isRight = more.length === 0 && row?.length === 2 && row[0] === user && row[1] === value;
  return isRight ? null : `Expected ["${user}","${value}"], got ${JSON.stringify(rows)}`;
}
