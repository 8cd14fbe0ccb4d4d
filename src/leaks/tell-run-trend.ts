import { microsOf } from '../backends/instant.ts';
import type { Window } from './look.ts';
import type { Halves, RunPoint, RunTrend } from './run-point.ts';

/** Compares what the runs of the newer half of a window saw with what those of the older half did. */
export function tellRunTrend(points: readonly RunPoint[], window: Window): RunTrend {
  const middle = (microsOf(window.since) + microsOf(window.until)) / 2;
  const older = points.filter(({ at }) => microsOf(at) < middle);
  const newer = points.filter(({ at }) => microsOf(at) >= middle);
  const halves = (pick: (point: RunPoint) => number): Halves => ({
    before: average(older.map(pick)),
    after: average(newer.map(pick)),
  });
  return { backends: halves(({ backends }) => backends), free: halves(({ free }) => free) };
}

function average(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
