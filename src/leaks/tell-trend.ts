import type { HistorySession } from '../backends/history-session.ts';
import { microsOf } from '../backends/instant.ts';
import type { Window } from './look.ts';

/** Where the number of a client's sessions goes. */
export interface Trend {
  readonly direction: 'growing' | 'steady' | 'shrinking' | 'unknown';
  /** Sessions open, on average over time, in the older and in the newer half of the window. */
  readonly before: number;
  readonly after: number;
}

/** A change is one from a fifth up, and from half a session: two halves of a window never agree to the digit. */
const LEAST_SHARE = 0.2;
const LEAST_SESSIONS = 0.5;

/**
 * Compares the newer half of the window with the older one.
 *
 * @param complete whether all sessions of the window are known; otherwise the older half is too small, and nothing is told
 */
export function tellTrend(sessions: readonly HistorySession[], window: Window, complete: boolean): Trend {
  const since = microsOf(window.since);
  const until = microsOf(window.until);
  const middle = since + (until - since) / 2;
  const before = averageOpen(sessions, since, middle);
  const after = averageOpen(sessions, middle, until);
  const change = after - before;
  const counts = Math.abs(change) >= LEAST_SESSIONS && Math.abs(change) >= before * LEAST_SHARE;
  return { direction: complete ? directionOf(counts ? change : 0) : 'unknown', before, after };
}

function directionOf(change: number): Trend['direction'] {
  return change === 0 ? 'steady' : change > 0 ? 'growing' : 'shrinking';
}

function averageOpen(sessions: readonly HistorySession[], from: number, to: number): number {
  const open = sessions.reduce((sum, { startedAt, endedAt }) => {
    const end = endedAt === null ? to : Math.min(to, microsOf(endedAt));
    return sum + Math.max(0, end - Math.max(from, microsOf(startedAt)));
  }, 0);
  return to === from ? 0 : open / (to - from);
}
