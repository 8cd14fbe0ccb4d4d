import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stackNames } from '../../deploy/stack-names.ts';
import { startAfter } from '../../deploy/start-after.ts';
import { fileSchema } from '../../src/config/file-schema.ts';
import { LONGEST_TURN_SECONDS } from '../../src/reaper/read-run-input.ts';

const TEN_MINUTES = 600;

/** How many of 1,000 targets, on 17 stacks of one account, begin within the same so many seconds at most. */
function mostTogether(within: number, seconds: number): number {
  const counts = new Map<number, number>();
  for (let index = 0; index < 1_000; index += 1) {
    const { scheduleRule } = stackNames(`stage${Math.floor(index / 61)}`);
    const slot = Math.floor(startAfter(scheduleRule(`target-${index}`), TEN_MINUTES, within) / seconds);
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

describe('the turn of a target', () => {
  it('is a whole number of seconds, within the interval and within runs.startWithin', () => {
    const seconds = fc.integer({ min: 1, max: 86_400 });
    fc.assert(
      fc.property(fc.string(), seconds, fc.integer({ min: 1, max: LONGEST_TURN_SECONDS }), (rule, interval, within) => {
        const turn = startAfter(rule, interval, within);
        expect(Number.isInteger(turn)).toBe(true);
        expect(turn).toBeGreaterThanOrEqual(0);
        expect(turn).toBeLessThan(Math.min(interval, within));
      }),
    );
  });

  it('is the first where all are to begin at once', () => {
    expect(startAfter('slotkeeper-dev-analytics-schedule', TEN_MINUTES, 0)).toBe(0);
  });

  it('keeps 1,000 targets on 17 stacks apart: of 480 s at most 10 in one second and 160 in a minute', () => {
    expect(mostTogether(LONGEST_TURN_SECONDS, 1)).toBeLessThanOrEqual(10);
    expect(mostTogether(LONGEST_TURN_SECONDS, 60)).toBeLessThanOrEqual(160);
  });

  it('may be as long as the state machine waits, and no longer', () => {
    const runs = (startWithin: string) => fileSchema.shape.runs.safeParse({ startWithin });
    expect(runs(`${LONGEST_TURN_SECONDS}s`)).toMatchObject({
      success: true,
      data: { startWithin: LONGEST_TURN_SECONDS },
    });
    expect(runs(`${LONGEST_TURN_SECONDS + 1}s`).success).toBe(false);
  });
});
