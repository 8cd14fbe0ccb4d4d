import type { Work } from './make-ready.ts';
import { turnOf } from './stacks.ts';
import type { Start, SweepOptions } from './sweep.ts';

/** How a schedule lets runs begin. */
export type Begin = 'at once, 3 tries' | 'at once' | 'over a minute' | 'by turns';

export interface Case {
  readonly targets: number;
  readonly work: Work;
  readonly begin: Begin;
}

/** rate(10 minutes), as slotkeeper.yml has it. */
export const INTERVAL_SECONDS = 600;
/** The SDK's own number of tries, which runs had before. */
const TRIES_BEFORE = 3;

export const CASES: readonly Case[] = [
  { targets: 10, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 10, work: 'ends', begin: 'by turns' },
  { targets: 100, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 100, work: 'ends', begin: 'at once, 3 tries' },
  { targets: 100, work: 'nothing', begin: 'at once' },
  { targets: 100, work: 'ends', begin: 'over a minute' },
  { targets: 100, work: 'nothing', begin: 'by turns' },
  { targets: 100, work: 'ends', begin: 'by turns' },
  { targets: 1_000, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 1_000, work: 'nothing', begin: 'over a minute' },
  { targets: 1_000, work: 'nothing', begin: 'by turns' },
  { targets: 1_000, work: 'ends', begin: 'by turns' },
];

export const SHORT_CASES: readonly Case[] = [
  { targets: 10, work: 'ends', begin: 'by turns' },
  { targets: 100, work: 'nothing', begin: 'at once, 3 tries' },
  { targets: 100, work: 'nothing', begin: 'by turns' },
];

export function startsOf({ targets, begin }: Case): Pick<SweepOptions, 'startOf'> & { attempts?: number } {
  switch (begin) {
    case 'at once, 3 tries':
      return { startOf: () => ({ afterMs: 0 }), attempts: TRIES_BEFORE };
    case 'at once':
      return { startOf: () => ({ afterMs: 0 }) };
    case 'over a minute':
      return { startOf: (_, index): Start => ({ afterMs: Math.floor((index * 60_000) / targets) }) };
    case 'by turns':
      // The state machine waits, as it is deployed; all schedules have the same moment.
      return {
        startOf: (target, index) => ({
          afterMs: 0,
          input: { startAfter: turnOf(target, index, targets, INTERVAL_SECONDS) },
        }),
      };
  }
}
