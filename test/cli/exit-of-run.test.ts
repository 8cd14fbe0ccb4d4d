import { describe, expect, it } from 'vitest';
import { exitOfRun } from '../../src/cli/exit-of-run.ts';

const none = { gone: 0, 'already-gone': 0, 'busy-again': 0, denied: 0, 'still-there': 0 };
const counts = { backends: 5, keep: 5, warn: 0, terminate: 0, recovered: 0 };
const quiet = { dryRun: false, counts, kept: { own: 1 }, notices: { sent: 0, failed: 0 }, outcomes: none };

describe('exitOfRun', () => {
  it.each([
    ['nothing was due', quiet, 0],
    ['a message was sent', { ...quiet, notices: { sent: 1, failed: 0 } }, 10],
    ['a backend was ended', { ...quiet, outcomes: { ...none, gone: 1 } }, 10],
    ['one was signalled and is still there', { ...quiet, outcomes: { ...none, 'still-there': 1 } }, 10],
    ['some messages failed', { ...quiet, notices: { sent: 1, failed: 1 } }, 10],
    ['every message failed', { ...quiet, notices: { sent: 0, failed: 2 } }, 1],
    ['every termination was denied', { ...quiet, outcomes: { ...none, denied: 2 } }, 1],
    [
      'the victims left or woke by themselves',
      { ...quiet, outcomes: { ...none, 'already-gone': 1, 'busy-again': 1 } },
      0,
    ],
    ['a dry run would warn', { ...quiet, dryRun: true, counts: { ...counts, keep: 4, warn: 1 } }, 10],
    ['a dry run would end', { ...quiet, dryRun: true, counts: { ...counts, keep: 4, terminate: 1 } }, 10],
    ['a dry run finds nothing', { ...quiet, dryRun: true }, 0],
    ['all that is due are sessions of clients that come back at once', { ...quiet, kept: { thrashing: 2 } }, 20],
    ['a dry run finds only such', { ...quiet, dryRun: true, kept: { thrashing: 2 } }, 20],
    ['such were spared and others ended', { ...quiet, kept: { thrashing: 2 }, outcomes: { ...none, gone: 1 } }, 10],
    [
      'such were spared and the others denied',
      { ...quiet, kept: { thrashing: 2 }, outcomes: { ...none, denied: 1 } },
      1,
    ],
  ])('when %s', (_, run, expected) => {
    expect(exitOfRun(run)).toBe(expected);
  });
});
