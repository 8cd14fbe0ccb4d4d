import type { Reason } from './verdict.ts';

/** As explanations name how many sessions wait for a backend's locks. It decides nothing by itself; it ranks. */
export const BLOCKS_CLAUSE = 'sessions that wait for its locks';

export function blocksOthers(measured: number): Reason {
  return { clause: BLOCKS_CLAUSE, measured, limit: null, held: true };
}
