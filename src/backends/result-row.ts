/** A row of a result by column name. The warehouse port's `Row` is one; this folder knows no port. */
export type ResultRow = Readonly<Record<string, string | number | boolean | null>>;
