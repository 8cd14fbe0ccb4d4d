import { microsOf } from '../backends/instant.ts';
import type { Snapshot } from '../backends/snapshot.ts';

/**
 * Idle times are measured by the server's clock. If that and ours are further apart than a snapshot takes to get here,
 * the session's time zone is not UTC or a clock is wrong, and no idle time can be believed. Time zones differ by 15
 * minutes at least.
 */
export const MAX_CLOCK_DIFFERENCE_SECONDS = 600;

/** Seconds by which Slotkeeper's clock is ahead of the server's, the time since the snapshot was taken included. */
export function clockDifference(snapshot: Pick<Snapshot, 'takenAt'>, now: Date): number {
  return (now.getTime() - microsOf(snapshot.takenAt) / 1000) / 1000;
}
