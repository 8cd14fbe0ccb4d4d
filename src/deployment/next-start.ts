import { scheduleRate } from '../config/review/schedule-rate.ts';

/** When a schedule starts the next run. */
export interface NextStart {
  /** ISO 8601, UTC; null: within the interval, nobody can say when. */
  readonly at: string | null;
  /** Seconds between two starts of a rate; null: it is a cron expression. */
  readonly interval: number | null;
}

/**
 * When an enabled schedule is due next. A rate counts from when its rule was made or enabled, which EventBridge does not
 * tell: the last start is what there is to go by.
 *
 * @param lastStart of the newest run that the schedule started, ISO 8601; null: none is known
 * @returns null: never again
 */
export async function nextStart(expression: string, now: Date, lastStart: string | null): Promise<NextStart | null> {
  const interval = scheduleRate(expression);
  if (interval === null) {
    // The reader of cron expressions is loaded for those who have one.
    const { readAwsCron } = await import('./aws-cron.ts');
    const next = readAwsCron(/^cron\((.*)\)$/.exec(expression)?.[1] ?? '')(now);
    return next === null ? null : { at: next.toISOString(), interval: null };
  }
  if (lastStart === null) {
    return { at: null, interval };
  }
  const step = interval * 1000;
  const last = Date.parse(lastStart);
  const missed = Math.max(0, Math.floor((now.getTime() - last) / step));
  // A schedule that was due and did not come counts from an unknown moment.
  return { at: missed > 1 ? null : new Date(last + (missed + 1) * step).toISOString(), interval };
}
