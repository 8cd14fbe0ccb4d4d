/** Bounds of the six fields of cron(…), AWS page "Cron expressions" of the EventBridge user guide. */
const CRON_FIELDS = [
  { name: 'minutes', min: 0, max: 59, names: [] as string[] },
  { name: 'hours', min: 0, max: 23, names: [] as string[] },
  { name: 'day of month', min: 1, max: 31, names: [] as string[] },
  { name: 'month', min: 1, max: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'day of week', min: 1, max: 7, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
  { name: 'year', min: 1970, max: 2199, names: [] as string[] },
];

/**
 * What is wrong with a schedule expression; null if nothing is.
 *
 * `rate(1 minute)`, `rate(10 minutes)`, hours, days: one is singular, as EventBridge wants it. Seconds too, which only
 * the embedded cloud knows. `cron(…)` has EventBridge's six fields, one of the two days being `?`.
 */
export function checkSchedule(text: string): string | null {
  const rate = /^rate\((\d+) (second|minute|hour|day)(s?)\)$/.exec(text);
  if (rate !== null) {
    const count = Number(rate[1]);
    return count >= 1 && (count === 1) === (rate[3] === '')
      ? null
      : 'a rate of 1 takes the singular (rate(1 minute)), any other the plural (rate(10 minutes))';
  }
  const cron = /^cron\((.+)\)$/.exec(text);
  return cron === null ? 'it is written rate(10 minutes) or cron(0/10 8-18 ? * MON-FRI *)' : checkCron(cron[1] ?? '');
}

function checkCron(expression: string): string | null {
  const fields = expression.split(' ');
  if (fields.length !== CRON_FIELDS.length) {
    return `cron(…) has six fields (${CRON_FIELDS.map((field) => field.name).join(', ')}), this has ${fields.length}`;
  }
  const wrong = CRON_FIELDS.find((field, index) => !isCronField(fields[index] ?? '', field));
  if (wrong !== undefined) {
    return `the field for ${wrong.name} takes ${wrong.min} to ${wrong.max}, *, ranges, lists and steps`;
  }
  return (fields[2] === '?') === (fields[4] === '?') ? 'exactly one of day of month and day of week is ?' : null;
}

function isCronField(text: string, field: (typeof CRON_FIELDS)[number]): boolean {
  const isDay = field.name.startsWith('day');
  if (text === '*' || (isDay && text === '?')) {
    return true;
  }
  if (field.name === 'day of month' && (text === 'L' || text === 'LW')) {
    return true;
  }
  return text.split(',').every((part) => {
    const [range = '', step, ...more] = part.split('/');
    const ends = range.split('-');
    const wholeRange =
      range === '*' ? step !== undefined : ends.length <= 2 && ends.every((end) => isCronValue(end, field));
    return more.length === 0 && wholeRange && (step === undefined || /^[1-9]\d*$/.test(step));
  });
}

/** A number or name within bounds; `15W`, `6L` and `6#3` for days. */
function isCronValue(text: string, { name, min, max, names }: (typeof CRON_FIELDS)[number]): boolean {
  const bare =
    name === 'day of month'
      ? text.replace(/W$/, '')
      : name === 'day of week'
        ? text.replace(/(?:L|#[1-5])$/, '')
        : text;
  return names.includes(bare.toUpperCase()) || (/^\d{1,4}$/.test(bare) && Number(bare) >= min && Number(bare) <= max);
}
