import type { ResultColumn, TextRow } from './query-outcome.ts';
import { type RedshiftType, redshiftType } from './redshift-type.ts';

/** `ColumnMetadata` of the service's model (its members are lowerCamel). */
export interface ColumnMetadata {
  readonly columnDefault?: string;
  readonly isCaseSensitive: boolean;
  readonly isCurrency: boolean;
  readonly isSigned: boolean;
  readonly label: string;
  readonly length: number;
  readonly name: string;
  /** 0 = not null, 1 = nullable, as in JDBC */
  readonly nullable: number;
  readonly precision: number;
  readonly scale: number;
  readonly schemaName: string;
  readonly tableName: string;
  readonly typeName: string;
}

/** Where a described column lives, and what only its table knows. */
export interface ColumnOrigin {
  readonly schemaName: string;
  readonly tableName: string;
  readonly nullable: boolean;
  readonly columnDefault?: string;
  readonly length: number;
}

/**
 * Describes a column. A result column's table is left empty: finding it would need a query on the caller's own backend,
 * which would show up in the system views as the caller's.
 *
 * @param options.values the column's values, for the scale of a numeric without a declared one
 */
export function columnMetadata(
  column: ResultColumn,
  options: { readonly origin?: ColumnOrigin; readonly values?: readonly (string | null)[] } = {},
): ColumnMetadata {
  const type = redshiftType(column.typeId);
  const { precision, scale } = declaredSize(column, type, options.values ?? []);
  const { origin } = options;
  return {
    ...(origin?.columnDefault === undefined ? {} : { columnDefault: origin.columnDefault }),
    isCaseSensitive: type.kind === 'string',
    isCurrency: false,
    isSigned: type.kind === 'long' || type.kind === 'double' || type.kind === 'decimal',
    label: column.name,
    length: origin?.length ?? 0,
    name: column.name,
    nullable: (origin?.nullable ?? true) ? 1 : 0,
    precision,
    scale,
    schemaName: origin?.schemaName ?? '',
    tableName: origin?.tableName ?? '',
    typeName: type.typeName,
  };
}

/** Describes every column of a result. */
export function resultMetadata(columns: readonly ResultColumn[], rows: readonly TextRow[]): ColumnMetadata[] {
  return columns.map((column, index) =>
    columnMetadata(
      column,
      redshiftType(column.typeId).kind === 'decimal' ? { values: rows.map((row) => row[index] ?? null) } : {},
    ),
  );
}

/** PostgreSQL keeps lengths, precisions and scales in the type modifier, 4 bytes off (`VARHDRSZ`). */
function declaredSize(
  { typeModifier }: ResultColumn,
  type: RedshiftType,
  values: readonly (string | null)[],
): { precision: number; scale: number } {
  if (type.kind === 'decimal') {
    if (typeModifier < 0) return { precision: type.precision, scale: longestFraction(values) };
    const size = typeModifier - 4;
    return { precision: (size >> 16) & 0xffff, scale: size & 0xffff };
  }
  if ((type.typeName === 'varchar' || type.typeName === 'bpchar') && typeModifier >= 4) {
    return { precision: typeModifier - 4, scale: 0 };
  }
  return { precision: type.precision, scale: type.scale };
}

function longestFraction(values: readonly (string | null)[]): number {
  return values.reduce((longest, value) => Math.max(longest, value?.split('.')[1]?.length ?? 0), 0);
}
