import type { Work } from './make-ready.ts';
import { turnOf } from './stacks.ts';
import type { SweepOptions } from './sweep.ts';

/** How runs begin: as they did, or by turns within so many minutes (`runs.startWithin`). */
export type Begin = 'at once, 3 tries' | 'at once' | 'within 1m' | 'within 8m';

export interface Case {
  readonly targets: number;
  readonly work: Work;
  readonly begin: Begin;
  /** As docs/scaling.md says to set it for so many targets; budgets hold for these. */
  readonly isAdvised?: true;
}

/** rate(10 minutes), as slotkeeper.yml has it. */
const INTERVAL_SECONDS = 600;
/** The SDK's own number of tries, which runs had before. */
const TRIES_BEFORE = 3;
const WITHIN_SECONDS = { 'within 1m': 60, 'within 8m': 480 } as const;

export const CASES: readonly Case[] = [
  { targets: 10, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 10, work: 'ends', begin: 'within 1m', isAdvised: true },
  { targets: 100, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 100, work: 'ends', begin: 'at once, 3 tries' },
  { targets: 100, work: 'nothing', begin: 'at once' },
  { targets: 100, work: 'nothing', begin: 'within 1m', isAdvised: true },
  { targets: 100, work: 'ends', begin: 'within 1m', isAdvised: true },
  { targets: 1_000, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 1_000, work: 'nothing', begin: 'within 1m' },
  { targets: 1_000, work: 'nothing', begin: 'within 8m', isAdvised: true },
  { targets: 1_000, work: 'ends', begin: 'within 8m', isAdvised: true },
];

export const SHORT_CASES: readonly Case[] = [
  { targets: 10, work: 'ends', begin: 'within 1m', isAdvised: true },
  { targets: 100, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 100, work: 'nothing', begin: 'within 1m', isAdvised: true },
];

export function startsOf({ begin }: Case): Pick<SweepOptions, 'startOf'> & { attempts?: number } {
  if (begin === 'at once, 3 tries') {
    return { startOf: () => ({ afterMs: 0 }), attempts: TRIES_BEFORE };
  }
  if (begin === 'at once') {
    return { startOf: () => ({ afterMs: 0 }) };
  }
  // The state machine waits, as it is deployed; all schedules have the same moment.
  const startAfter = (target: string, index: number) => turnOf(target, index, INTERVAL_SECONDS, WITHIN_SECONDS[begin]);
  return { startOf: (target, index) => ({ afterMs: 0, input: { startAfter: startAfter(target, index) } }) };
}
