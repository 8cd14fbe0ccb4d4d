import { describe, expect, it } from 'vitest';
import type { RunFigures } from '../../benchmarks/runs/end-by-runs.ts';
import type { SizeFigures } from '../../benchmarks/runs/measure-size.ts';
import { runsBudgets } from '../../benchmarks/runs/runs-budgets.ts';

const RUN: RunFigures = {
  ...{ wallMs: 4000, waitedMs: 3000, lambdaSeconds: 0.5, price: 0.001, terminationAt: 0 },
  ...{ transitions: 22, transitionsBesidesPolls: 13, largestState: 600, largestEvent: 6000 },
  ...{
    calls: { ExecuteStatement: 3, DescribeStatement: 4, GetStatementResult: 3 },
    callsBesidesPolls: 6,
    furtherPages: 0,
  },
};

function sizeOf(sessions: number, ending: Partial<RunFigures> = {}, terminationMs = 120): SizeFigures {
  const run = { warning: RUN, ending: { ...RUN, ...ending }, terminationMs };
  return { sessions, repetitions: 1, runs: [run], statement: [100], script: [] };
}

const broken = (...sizes: readonly SizeFigures[]) =>
  runsBudgets(sizes)
    .filter(({ holds }) => !holds)
    .map(({ kind, measured }) => `${kind}: ${measured}`);

describe('the budgets of a run', () => {
  it('hold when many sessions cost what few do', () => {
    expect(broken(sizeOf(5), sizeOf(500))).toEqual([]);
  });

  it('do not count further pages of a result, which grow with what is shown', () => {
    expect(broken(sizeOf(5), sizeOf(2000, { callsBesidesPolls: 9, furtherPages: 3 }))).toEqual([]);
  });

  it('do not hold when many take a call or a state more, even below the bound', () => {
    expect(broken(sizeOf(5), sizeOf(500, { callsBesidesPolls: 7 }))).toEqual(['count: 6 and 6; 6 and 7']);
    expect(broken(sizeOf(5), sizeOf(500, { transitionsBesidesPolls: 14 }))).toEqual(['count: 13 and 13; 13 and 14']);
  });

  it('do not hold beyond a bound, whatever the size', () => {
    expect(broken(sizeOf(5, { callsBesidesPolls: 9 }))).toEqual(['count: 9']);
    expect(broken(sizeOf(5, { transitionsBesidesPolls: 46 }))).toEqual(['count: 46']);
    expect(broken(sizeOf(5, { largestEvent: 65_537 }))).toEqual(['count: 64.0 KiB']);
  });

  it('tell of the time of 500 only, and as a time', () => {
    expect(broken(sizeOf(5, {}, 900), sizeOf(500, {}, 160))).toEqual(['time: 1.60 ×']);
  });
});
