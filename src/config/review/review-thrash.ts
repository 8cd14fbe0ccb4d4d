import { formatDuration } from '../../notices/format-duration.ts';
import type { ThrashLimits } from '../../policy/thrash-limits.ts';
import type { Finding } from './finding.ts';
import { shortestInterval } from './shortest-interval.ts';

/**
 * A return is found by the run after the one that ended the session, and counts only if that end is within the window:
 * where none can be, no client is ever found to come back at once.
 *
 * @param schedule null: runs are started by hand
 */
export function reviewThrash(
  thrash: ThrashLimits | null,
  schedule: string | null,
  path: readonly PropertyKey[],
): Finding[] {
  const interval = schedule === null ? null : shortestInterval(schedule);
  const advice = 'Lengthen it, or write thrash: null if nobody is to be looked for.';
  const common = {
    severity: 'warning',
    code: 'thrash-never-found',
    path: [...path, 'thrash', 'window'],
    advice,
  } as const;
  if (thrash === null) {
    return [];
  }
  if (interval !== null && interval >= thrash.window) {
    const expected = `longer than the ${formatDuration(interval)} between two runs: the ends of the one before count no more`;
    return [{ ...common, expected }];
  }
  return thrash.within > thrash.window
    ? [{ ...common, expected: `at least as long as thrash.within (${formatDuration(thrash.within)})` }]
    : [];
}
