import { Cron } from 'croner';

/**
 * Reads the six fields of EventBridge's `cron(…)`: minutes, hours, day of month, month, day of week (1 is Sunday), year;
 * one of the two days is `?`; UTC (EventBridge guide, "Cron expressions").
 *
 * @param fields what stands between the brackets
 * @returns the first moment after another; null there: there is none any more
 * @throws Error where it is no such expression
 */
export function readAwsCron(fields: string): (after: Date) => Date | null {
  const [minutes, hours, dayOfMonth, month, dayOfWeek, year, ...more] = fields.trim().split(/\s+/);
  if (year === undefined || more.length > 0 || (dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new Error(`Expected six fields, one of the two days being ?, got '${fields}'.`);
  }
  const pattern = ['0', minutes, hours, dayOfMonth, month, dayOfWeek, year].join(' ').replaceAll('?', '*');
  const cron = new Cron(pattern, {
    timezone: 'UTC',
    paused: true,
    mode: '7-part',
    alternativeWeekdays: true,
    // AWS writes `0/15` where croner's own dialect wants a range.
    sloppyRanges: true,
  });
  return (after) => cron.nextRun(after);
}
