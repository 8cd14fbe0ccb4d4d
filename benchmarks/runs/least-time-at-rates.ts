import { DOCUMENTED_RATES } from '../../local/data-api/throttle.ts';

/**
 * The least time in which an account may make these calls of the Data API, however fast everything else is: each operation
 * has its rate, and the slowest one counts.
 *
 * @param calls by operation
 * @returns seconds
 */
export function leastSecondsAtRates(calls: Readonly<Partial<Record<keyof typeof DOCUMENTED_RATES, number>>>): number {
  const operations = Object.entries(DOCUMENTED_RATES);
  const counted = new Map(Object.entries(calls));
  return Math.max(...operations.map(([operation, rate]) => (counted.get(operation) ?? 0) / rate));
}
