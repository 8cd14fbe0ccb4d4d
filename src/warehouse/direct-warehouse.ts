import type { Row } from './warehouse.ts';

/**
 * One connection to a server that speaks PostgreSQL's protocol. Rows hold text, but for integers that fit (`int2`,
 * `int4`, `oid`: numbers), floats (numbers) and `bool`; a time is text as the statement made it.
 */
export interface DirectWarehouse {
  /**
   * Runs one statement that reads (signals to other sessions count as reading), in a transaction of its own.
   *
   * @param parameters values of `$1`, `$2`, …
   * @throws DirectWarehouseFailed, of which each cause has a class: ServerGone, PermissionRefused, StatementTimedOut,
   *   QueryRefused
   */
  query(sql: string, parameters: readonly (string | number | null)[]): Promise<readonly Row[]>;
  /** Lets the slot go. Resolves in any case, within seconds. */
  close(): Promise<void>;
}
