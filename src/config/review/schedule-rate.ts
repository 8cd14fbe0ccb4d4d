const UNIT_SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/** Seconds between two starts of a schedule that is a `rate(…)`; null where it is not. */
export function scheduleRate(schedule: string): number | null {
  const rate = /^rate\((\d+) (second|minute|hour|day)s?\)$/.exec(schedule);
  return rate === null ? null : Number(rate[1]) * (UNIT_SECONDS[rate[2] ?? ''] ?? 0);
}
