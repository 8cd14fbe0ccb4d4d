import type { StatementStatus } from './warehouse.ts';

const STATUSES: readonly StatementStatus[] = ['SUBMITTED', 'PICKED', 'STARTED', 'FINISHED', 'ABORTED', 'FAILED'];

/** A statement's status in an answer of the Data API; undefined: there is none, or none that is known here. */
export function readStatus(text: string | undefined): StatementStatus | undefined {
  return STATUSES.find((known) => known === text);
}
