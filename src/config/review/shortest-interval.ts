const UNIT_SECONDS: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 };

/**
 * The least seconds between two starts by a valid schedule expression; null where it is an hour or more, or is not told
 * by the expression's minutes.
 */
export function shortestInterval(schedule: string): number | null {
  const rate = /^rate\((\d+) (second|minute|hour|day)s?\)$/.exec(schedule);
  if (rate !== null) {
    return Number(rate[1]) * (UNIT_SECONDS[rate[2] ?? ''] ?? 0);
  }
  const minutes = minutesOf(/^cron\((\S+) /.exec(schedule)?.[1] ?? '');
  const gaps = minutes.slice(1).map((minute, index) => minute - (minutes[index] ?? 0));
  return gaps.length === 0 ? null : Math.min(...gaps) * 60;
}

/** The minutes of an hour that a field of a cron expression names, in order. */
function minutesOf(field: string): number[] {
  const named = field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range === '*' ? ['0', '59'] : range.split('-');
    const end = last === undefined ? (step === undefined ? Number(first) : 59) : Number(last);
    const stride = Number(step ?? 1);
    return Array.from({ length: Math.floor((end - Number(first)) / stride) + 1 }, (_, n) => Number(first) + n * stride);
  });
  return [...new Set(named)].sort((a, b) => a - b);
}
