import type { Benchmark } from '../harness/benchmark.ts';
import { measureSize, type Size, type SizeFigures } from './measure-size.ts';
import { runsBudgets } from './runs-budgets.ts';
import { runsTables } from './runs-tables.ts';

/** Opening thousands of sessions takes most of the time. */
const SIZES: readonly Size[] = [
  { sessions: 5, repetitions: 5 },
  { sessions: 50, repetitions: 3 },
  { sessions: 500, repetitions: 3 },
  { sessions: 2_000, repetitions: 1 },
];

const SHORT: readonly Size[] = [
  { sessions: 5, repetitions: 1 },
  { sessions: 50, repetitions: 1 },
];

export const runsBenchmark: Benchmark = {
  name: 'runs',
  about: 'idle sessions ended by runs of the reaper, by one statement written by hand, and by a script',
  async run({ short, say }) {
    const sizes: SizeFigures[] = [];
    for (const size of short ? SHORT : SIZES) {
      sizes.push(await measureSize(size, say));
    }
    return { tables: runsTables(sizes), budgets: runsBudgets(sizes) };
  },
};
