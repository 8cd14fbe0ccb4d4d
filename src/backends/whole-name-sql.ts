/** STV_SESSIONS and its like have names as char(50): bytes, of names of up to 127 (AWS pages r_STV_SESSIONS, r_names). */
export const SHOWN_BYTES = 50;

/** A character takes up to four bytes, so that a name that was cut has at least this many left. */
export const LEAST_CUT_BYTES = SHOWN_BYTES - 3;

/** Where names are shown cut, and where they stand whole. */
export interface NamePlaces {
  /** A system view and its column. */
  readonly view: string;
  readonly column: string;
  /** A catalog table and its column. */
  readonly catalog: string;
  readonly name: string;
  /** A flag of the catalog that counts for a name if any that it can be has it. */
  readonly flag?: string;
  /** Whether the view may show the name behind `IAM:`, which the catalog does not have. */
  readonly prefixed?: boolean;
}

/**
 * A sub-select with a row per shown name that may have been cut: `shown_name`, how many names of the catalog it can be
 * (`candidates`), and one of them (`whole_name`), the one if there is only one; with a flag also `any_flag`.
 *
 * A name can be the one shown if it is that very name, or begins with it and would be cut just there: with one character
 * more it would take more than the bytes that the view has. Lengths are compared in bytes, texts by characters, so that no
 * character is taken apart. `chr(58)` is the colon, which the Data API reads as the beginning of a parameter.
 */
export function wholeNameSql({ view, column, catalog, name, flag, prefixed = false }: NamePlaces): string {
  const whole = `cast(${name} as varchar(128))`;
  const flagged = flag === undefined ? '' : `, case when ${flag} then 1 else 0 end as flag`;
  const known = [
    `select ${whole} as name${flagged} from ${catalog}`,
    ...(prefixed ? [`select 'IAM' || chr(58) || ${whole} as name${flagged} from ${catalog}`] : []),
  ].join('\n    union all\n    ');
  return `
  select
    shown.name as shown_name,
    count(distinct known.name) as candidates,
    max(known.name) as whole_name${flag === undefined ? '' : ',\n    max(known.flag) as any_flag'}
  from (
    select distinct rtrim(${column}) as name from ${view} where octet_length(rtrim(${column})) >= ${LEAST_CUT_BYTES}
  ) shown
  join (
    ${known}
  ) known on strpos(known.name, shown.name) = 1
    and (
      known.name = shown.name
      or octet_length(substring(known.name, 1, char_length(shown.name) + 1)) > ${SHOWN_BYTES}
    )
  group by shown.name
`.trim();
}
