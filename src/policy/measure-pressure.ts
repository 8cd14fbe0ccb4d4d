import type { SlotCount } from './count-slots.ts';
import type { PressurePolicy } from './pressure-policy.ts';
import type { Slots } from './slots.ts';

/** The clause of every verdict on which the number of free slots has a bearing. */
export const FREE_SLOTS_CLAUSE = 'free slots < slots.keepFree';

/** How far a target is below the slots that it is to keep free. */
export interface Pressure {
  readonly policy: PressurePolicy;
  readonly free: number;
  readonly keepFree: number;
  /** How many backends must go until enough slots are free; 0: enough are. */
  readonly needed: number;
  /** How far the thresholds have shrunk: 0 (not at all) to `policy.steps`. */
  readonly step: number;
}

/**
 * Measures the pressure on a target. Slots that are overdrawn have to be given back before one is free. The slots to keep free are divided into equal steps: with three steps and 30 to
 * keep free, step 1 is at 29 to 20 free slots, step 2 at 19 to 10, step 3 at 9 to 0.
 */
export function measurePressure(
  { free, overdrawn }: Pick<SlotCount, 'free' | 'overdrawn'>,
  { keepFree }: Pick<Slots, 'keepFree'>,
  policy: PressurePolicy,
): Pressure {
  const short = Math.max(0, keepFree - free);
  const needed = short === 0 ? 0 : short + overdrawn;
  // Whole numbers are multiplied before they are divided: a share such as 1/3 has no exact binary number.
  const step = short === 0 ? 0 : Math.ceil((short * policy.steps) / keepFree);
  return { policy, free, keepFree, needed, step };
}
