import { shortestInterval } from '../src/config/review/shortest-interval.ts';

const HOUR = 3_600;
const DAY = 86_400;

/**
 * The least seconds between two runs of a schedule, as far as alarms need it: an hour where minutes do not tell it, and a
 * day where the hour is one only.
 */
export function scheduleInterval(schedule: string): number {
  const hours = /^cron\(\S+ (\S+) /.exec(schedule)?.[1] ?? '';
  return shortestInterval(schedule) ?? (/^\d+$/.test(hours) ? DAY : HOUR);
}
