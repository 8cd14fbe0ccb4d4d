import type { HistorySession } from '../backends/history-session.ts';
import { microsOf } from '../backends/instant.ts';
import type { Window } from './look.ts';

/** The most of these sessions that were open at one moment of the window. One that ends as another starts does not overlap it. */
export function peakAtOnce(sessions: readonly HistorySession[], window: Window): number {
  const until = microsOf(window.until);
  const changes = sessions.flatMap(({ startedAt, endedAt }): [at: number, by: number][] => {
    const start = Math.max(microsOf(startedAt), microsOf(window.since));
    // A session of less than a second starts, cut to the second, and ends in the same one; it was open all the same.
    const end = endedAt === null ? Number.POSITIVE_INFINITY : Math.max(microsOf(endedAt), start + 1);
    return start > until
      ? []
      : [
          [start, 1],
          [end, -1],
        ];
  });
  let open = 0;
  let peak = 0;
  for (const [, by] of changes.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    open += by;
    peak = Math.max(peak, open);
  }
  return peak;
}
