import type { Reason } from './verdict.ts';

/** The clause that names who keeps a backend. */
export const SNOOZED_BY_CLAUSE = 'nobody snoozed it';

/** @param by `cli:<user>`, `link:<owner>` or `sql:<user>` */
export function snoozedBy(by: string): Reason {
  return { clause: SNOOZED_BY_CLAUSE, measured: by, limit: null, held: false };
}
