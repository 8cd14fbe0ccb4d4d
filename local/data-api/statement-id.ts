/** A statement's id, and the number of the sub-statement where it names one (`…:2` is the second). */
export interface StatementId {
  readonly id: string;
  readonly part?: number;
}

/** Splits an id that has passed validation. */
export function parseStatementId(text: string): StatementId {
  const [id = text, part] = text.split(':');
  return part === undefined ? { id } : { id, part: Number(part) };
}
