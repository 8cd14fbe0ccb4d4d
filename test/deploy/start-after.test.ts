import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stackNames } from '../../deploy/stack-names.ts';
import { startAfter } from '../../deploy/start-after.ts';
import { LONGEST_TURN_SECONDS } from '../../src/reaper/read-run-input.ts';

const TEN_MINUTES = 600;

/** The turns of so many targets on stacks of 61 each, by second. */
function turnsOf(targets: number): number[] {
  return Array.from({ length: targets }, (_, index) => {
    const { scheduleRule } = stackNames(`stage${Math.floor(index / 61)}`);
    return startAfter(scheduleRule(`target-${index}`), TEN_MINUTES, Math.min(targets, 61));
  });
}

describe('the turn of a target', () => {
  it('is a whole number of seconds within the interval and within what the state machine waits', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 60, max: 86_400 }),
        fc.integer({ min: 1, max: 500 }),
        (rule, interval, targets) => {
          const turn = startAfter(rule, interval, targets);
          expect(Number.isInteger(turn)).toBe(true);
          expect(turn).toBeGreaterThanOrEqual(0);
          expect(turn).toBeLessThan(Math.min(interval, LONGEST_TURN_SECONDS, 8 * targets));
        },
      ),
    );
  });

  it('stays what it is when others come to a stack that is large already', () => {
    expect(startAfter('slotkeeper-dev-analytics-schedule', TEN_MINUTES, 60)).toBe(
      startAfter('slotkeeper-dev-analytics-schedule', TEN_MINUTES, 61),
    );
  });

  it('is at most 7 s where there is one target only', () => {
    expect(Math.max(...['a', 'b', 'c', 'd', 'e', 'f'].map((rule) => startAfter(rule, TEN_MINUTES, 1)))).toBeLessThan(8);
  });

  it('lets at most 10 of 1,000 targets on 17 stacks begin in one second, and at most 200 in a minute', () => {
    const turns = turnsOf(1_000);
    const most = (seconds: number) => {
      const counts = new Map<number, number>();
      for (const turn of turns) {
        const slot = Math.floor(turn / seconds);
        counts.set(slot, (counts.get(slot) ?? 0) + 1);
      }
      return Math.max(...counts.values());
    };
    expect(most(1)).toBeLessThanOrEqual(10);
    expect(most(60)).toBeLessThanOrEqual(200);
  });
});
