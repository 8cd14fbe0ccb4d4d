import { median } from 'simple-statistics';
import { formatBytes, formatRatio } from '../harness/format-figure.ts';
import type { Budget } from '../harness/report.ts';
import type { RunFigures } from './end-by-runs.ts';
import type { SizeFigures } from './measure-size.ts';

const MOST_CALLS = 8;
const MOST_TRANSITIONS = 45;
const MOST_BYTES = 64 * 1024;
const MOST_TIME = 1.5;

/** For how many sessions the time of the termination has a budget. */
const TIMED = 500;

/** The counts hold for every size and every run; the time is that of the median repetition. */
export function runsBudgets(sizes: readonly SizeFigures[]): readonly Budget[] {
  const most = (of: (run: RunFigures) => number) => sizes.map((size) => Math.max(...runsOf(size).map(of)));
  const across = `a run over ${sizes.map(({ sessions }) => sessions.toLocaleString('en-US')).join(', ')} idle sessions`;
  const count = (
    what: string,
    limit: number,
    measured: readonly number[],
    format: (value: number) => string = String,
  ): Budget => ({
    what: `${across}: ${what}`,
    limit: `≤ ${format(limit)}`,
    measured: measured.map(format).join(', '),
    holds: measured.every((value) => value <= limit),
    kind: 'count',
  });
  const same = (what: string, of: (run: RunFigures) => number): Budget => {
    const measured = sizes.map((size) => (['warning', 'ending'] as const).map((step) => distinct(size, step, of)));
    return {
      what: `${across}: ${what}, warning and ending`,
      limit: 'the same for each',
      measured: measured.map((steps) => steps.join(' and ')).join('; '),
      holds: new Set(measured.map(String)).size === 1,
      kind: 'count',
    };
  };
  const timed = sizes.find(({ sessions }) => sessions === TIMED);
  return [
    count('calls of the Data API besides polls and further pages', MOST_CALLS, most(besidesPages)),
    same('calls of the Data API besides polls and further pages', besidesPages),
    count(
      'transitions besides polls',
      MOST_TRANSITIONS,
      most((run) => run.transitionsBesidesPolls),
    ),
    same('transitions besides polls', (run) => run.transitionsBesidesPolls),
    count(
      'largest state',
      MOST_BYTES,
      most((run) => run.largestState),
      formatBytes,
    ),
    count(
      'largest event of the history',
      MOST_BYTES,
      most((run) => run.largestEvent),
      formatBytes,
    ),
    ...(timed === undefined ? [] : [timeBudget(timed)]),
  ];
}

function besidesPages(run: RunFigures): number {
  return run.callsBesidesPolls - run.furtherPages;
}

/** All values that the repetitions of a step had. */
function distinct(size: SizeFigures, step: 'warning' | 'ending', of: (run: RunFigures) => number): string {
  return [...new Set(size.runs.map((run) => of(run[step])))].join('/');
}

function runsOf({ runs }: SizeFigures): readonly RunFigures[] {
  return runs.flatMap(({ warning, ending }) => [warning, ending]);
}

function timeBudget({ runs, statement }: SizeFigures): Budget {
  const ratio = median(runs.map(({ terminationMs }, index) => terminationMs / (statement[index] ?? Number.NaN)));
  return {
    what: `termination of ${TIMED} idle sessions, from the statement until all are gone, by that of the hand-written statement`,
    limit: `≤ ${MOST_TIME} ×`,
    measured: formatRatio(ratio, 1),
    holds: ratio <= MOST_TIME,
    kind: 'time',
  };
}
