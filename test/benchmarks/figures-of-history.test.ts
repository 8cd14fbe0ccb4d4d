import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { figuresOfHistory } from '../../benchmarks/runs/figures-of-history.ts';

const at = (ms: number) => new Date(Date.UTC(2026, 10, 20, 9) + ms);

/** One event a line: when it was, its type, and its details. */
function historyOf(
  ...lines: readonly [number, NonNullable<HistoryEvent['type']>, Partial<HistoryEvent>?][]
): HistoryEvent[] {
  return lines.map(([ms, type, details], index) => ({
    ...{ id: index + 1, previousEventId: index, timestamp: at(ms), type },
    ...details,
  }));
}

const entered = (name: string, input = '{}') => ({ stateEnteredEventDetails: { name, input } });

const described = (createdAt: string) => ({
  taskSucceededEventDetails: {
    ...{ resourceType: 'aws-sdk:redshiftdata', resource: 'describeStatement' },
    output: JSON.stringify({ CreatedAt: createdAt, QueryParameters: [{ Name: 'victims_0', Value: '|'.repeat(900) }] }),
  },
});

const invoked = { taskSucceededEventDetails: { resourceType: 'lambda', resource: 'invoke', output: '{}' } };

const ENDING = historyOf(
  [0, 'ExecutionStarted'],
  [10, 'TaskStateEntered', entered('SubmitTermination', '{"über":1}')],
  [10, 'TaskStarted'],
  [410, 'TaskSucceeded', invoked],
  [420, 'WaitStateEntered', entered('WaitForTermination')],
  [1420, 'WaitStateExited'],
  [1421, 'TaskStateEntered', entered('DescribeTermination')],
  [1421, 'TaskStarted'],
  [1425, 'TaskSucceeded', described(at(400).toISOString())],
  [1425, 'ChoiceStateEntered', entered('IsTerminationFinished')],
  [1430, 'TaskStateEntered', entered('FinishRun')],
  [1430, 'TaskStarted'],
  [1530, 'TaskSucceeded', invoked],
  [1600, 'ExecutionSucceeded'],
);

describe('what the history of a run tells', () => {
  it('is its time, what of it was waiting, and how long its functions took', () => {
    expect(figuresOfHistory(ENDING)).toMatchObject({ wallMs: 1600, waitedMs: 1000, lambdaSeconds: 0.5 });
  });

  it('is how many states it entered, and how many of them were no polls', () => {
    expect(figuresOfHistory(ENDING)).toMatchObject({ transitions: 5, transitionsBesidesPolls: 2 });
  });

  it('is the largest state in bytes, and the largest event, which answers of services are', () => {
    const { largestState, largestEvent } = figuresOfHistory(ENDING);
    expect(largestState).toBe(11);
    expect(largestEvent).toBeGreaterThan(900);
  });

  it('is when the service took the guarded statement, unless there was none or another round', () => {
    expect(figuresOfHistory(ENDING).terminationAt).toBe(at(400).getTime());
    expect(figuresOfHistory(historyOf([0, 'ExecutionStarted'], [1, 'ExecutionSucceeded'])).terminationAt).toBeNull();
    const again = historyOf(
      [0, 'TaskStateEntered', entered('DescribeTermination')],
      [1, 'TaskSucceeded', described(at(0).toISOString())],
      [2, 'TaskStateEntered', entered('DescribeTermination')],
      [3, 'TaskSucceeded', described(at(2).toISOString())],
    );
    expect(figuresOfHistory(again).terminationAt).toBeNull();
  });
});
