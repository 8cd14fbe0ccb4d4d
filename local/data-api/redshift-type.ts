/** How a value of a type travels in the `Field` union. */
export type FieldKind = 'long' | 'double' | 'boolean' | 'decimal' | 'timestamp' | 'bytes' | 'string';

/** One of Redshift's types, as `ColumnMetadata.typeName` names it. */
export interface RedshiftType {
  readonly typeName: string;
  readonly kind: FieldKind;
  /** Decimal digits or characters; a column's own length takes its place where it has one. */
  readonly precision: number;
  readonly scale: number;
}

/** By PostgreSQL's type id (`pg_type.oid`). Precisions are those of Amazon's JDBC driver, as far as known: guesses. */
const TYPES: ReadonlyMap<number, RedshiftType> = new Map([
  [16, { typeName: 'bool', kind: 'boolean', precision: 1, scale: 0 }],
  [17, { typeName: 'varbyte', kind: 'bytes', precision: 1_024_000, scale: 0 }],
  [18, { typeName: 'char', kind: 'string', precision: 1, scale: 0 }],
  [19, { typeName: 'name', kind: 'string', precision: 127, scale: 0 }],
  [20, { typeName: 'int8', kind: 'long', precision: 19, scale: 0 }],
  [21, { typeName: 'int2', kind: 'long', precision: 5, scale: 0 }],
  [23, { typeName: 'int4', kind: 'long', precision: 10, scale: 0 }],
  [26, { typeName: 'oid', kind: 'long', precision: 10, scale: 0 }],
  [700, { typeName: 'float4', kind: 'double', precision: 8, scale: 8 }],
  [701, { typeName: 'float8', kind: 'double', precision: 17, scale: 17 }],
  [1042, { typeName: 'bpchar', kind: 'string', precision: 65_535, scale: 0 }],
  [1082, { typeName: 'date', kind: 'string', precision: 13, scale: 0 }],
  [1083, { typeName: 'time', kind: 'string', precision: 15, scale: 6 }],
  [1114, { typeName: 'timestamp', kind: 'timestamp', precision: 29, scale: 6 }],
  [1184, { typeName: 'timestamptz', kind: 'string', precision: 35, scale: 6 }],
  [1266, { typeName: 'timetz', kind: 'string', precision: 21, scale: 6 }],
  [1700, { typeName: 'numeric', kind: 'decimal', precision: 38, scale: 0 }],
] as const);

/** Redshift has neither `text` nor PostgreSQL's newer types: both look like a varchar to its clients. */
const ANYTHING_ELSE: RedshiftType = { typeName: 'varchar', kind: 'string', precision: 65_535, scale: 0 };

/** The Redshift type for a PostgreSQL type id. */
export function redshiftType(oid: number): RedshiftType {
  return TYPES.get(oid) ?? ANYTHING_ELSE;
}
