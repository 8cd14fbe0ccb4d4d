import type { Check, CheckVerdict } from './check.ts';

/** How many checks came out how; they add up to all. */
export function sumUp(checks: readonly Pick<Check, 'verdict'>[]): Readonly<Record<CheckVerdict, number>> {
  const counts = { ok: 0, warning: 0, problem: 0, 'cannot-tell': 0 };
  for (const { verdict } of checks) {
    counts[verdict] += 1;
  }
  return counts;
}
