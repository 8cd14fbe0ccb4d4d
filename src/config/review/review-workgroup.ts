import { formatDuration } from '../../notices/format-duration.ts';
import { cronMinutes } from './cron-minutes.ts';
import type { Finding } from './finding.ts';
import { scheduleRate } from './schedule-rate.ts';

/**
 * Whatever is asked of a workgroup is billed as 60 seconds at least, and questions to its system views are billed like any
 * other (AWS page mgmt/serverless-billing, "Billing usage notes").
 */
const LEAST_BILLED_SECONDS = 60;

const HOUR = 3_600;

/** More than this share of an hour, billed for looking alone, can hardly be meant: a run every ten minutes is as much. */
const MOST_OF_AN_HOUR = 0.1;

/**
 * A workgroup costs nothing while nobody asks it anything, and every run asks. What a schedule makes of an hour at least
 * is known: each run is billed as a minute or more.
 */
export function reviewWorkgroup(schedule: string | null, path: readonly PropertyKey[]): Finding[] {
  const billed = schedule === null ? 0 : Math.min(HOUR, runsPerHour(schedule) * LEAST_BILLED_SECONDS);
  return billed <= MOST_OF_AN_HOUR * HOUR
    ? []
    : [
        {
          severity: 'warning',
          code: 'workgroup-kept-awake',
          path: [...path, 'schedule'],
          expected: `at least ${formatDuration(LEAST_BILLED_SECONDS / MOST_OF_AN_HOUR)} between two runs on average: a workgroup bills each as ${formatDuration(LEAST_BILLED_SECONDS)} or more, with this schedule ${formatDuration(billed)} of every hour, also when nobody else uses it`,
          advice: `Run less often, or let the workgroup's own SESSION TIMEOUT (an hour unless a user has another) end what only idles, which costs nothing. That share is ${Math.round((billed / HOUR) * 100)}% of what a workgroup that never rests costs.`,
        },
      ];
}

/** Runs in an hour in which the schedule is at work. */
function runsPerHour(schedule: string): number {
  const rate = scheduleRate(schedule);
  return rate === null ? cronMinutes(/^cron\((\S+) /.exec(schedule)?.[1] ?? '').length : HOUR / rate;
}
