import { expect, it } from 'vitest';
import { leastSecondsAtRates } from '../../benchmarks/runs/least-time-at-rates.ts';

it('is the time of the operation that its rate holds up most: 30 statements, 100 looks and 20 pages a second', () => {
  expect(leastSecondsAtRates({ ExecuteStatement: 90, DescribeStatement: 100, GetStatementResult: 1 })).toBe(3);
  expect(leastSecondsAtRates({ ExecuteStatement: 30, DescribeStatement: 500, GetStatementResult: 1 })).toBe(5);
  expect(leastSecondsAtRates({ ExecuteStatement: 3, DescribeStatement: 3, GetStatementResult: 10 })).toBe(0.5);
  expect(leastSecondsAtRates({})).toBe(0);
});
