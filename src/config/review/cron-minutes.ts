/** The minutes of an hour that the first field of a cron expression names, in order. */
export function cronMinutes(field: string): number[] {
  const named = field.split(',').flatMap((part) => {
    const [range = '', step] = part.split('/');
    const [first = '', last] = range === '*' ? ['0', '59'] : range.split('-');
    const end = last === undefined ? (step === undefined ? Number(first) : 59) : Number(last);
    const stride = Number(step ?? 1);
    return Array.from({ length: Math.floor((end - Number(first)) / stride) + 1 }, (_, n) => Number(first) + n * stride);
  });
  return [...new Set(named)].sort((a, b) => a - b);
}
