/** A result column as PostgreSQL describes it. */
export interface ResultColumn {
  readonly name: string;
  /** `pg_type.oid` */
  readonly typeId: number;
  /** `pg_attribute.atttypmod`; -1 where the type has no length, precision or scale of its own */
  readonly typeModifier: number;
}

/** One row in PostgreSQL's text form. */
export type TextRow = readonly (string | null)[];

/** What one SQL statement gave. */
export interface QueryOutcome {
  /** Empty for a statement without a result set. */
  readonly columns: readonly ResultColumn[];
  readonly rows: readonly TextRow[];
  /** Rows returned or affected; -1 where SQL knows no such number (DDL). */
  readonly rowCount: number;
  /** Bytes of the values' text. */
  readonly sizeBytes: number;
}
