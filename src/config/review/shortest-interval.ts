import { cronMinutes } from './cron-minutes.ts';
import { scheduleRate } from './schedule-rate.ts';

/**
 * The least seconds between two starts by a valid schedule expression; null where it is an hour or more, or is not told
 * by the expression's minutes.
 */
export function shortestInterval(schedule: string): number | null {
  const rate = scheduleRate(schedule);
  if (rate !== null) {
    return rate;
  }
  const minutes = cronMinutes(/^cron\((\S+) /.exec(schedule)?.[1] ?? '');
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  return gaps.length === 0 ? null : Math.min(...gaps) * 60;
}
