/**
 * Counts that a reader can add up: `12 = 8 keep + 3 warn + 1 terminate`.
 *
 * @param parts what the whole is made of, in order; zeros are left out, unless all are zero
 */
export function formatSum(parts: Readonly<Record<string, number>>): string {
  const counted = Object.entries(parts).filter(([, count]) => count > 0);
  const whole = counted.reduce((sum, [, count]) => sum + count, 0);
  return whole === 0 ? '0' : `${whole} = ${counted.map(([name, count]) => `${count} ${name}`).join(' + ')}`;
}
