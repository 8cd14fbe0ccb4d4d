import { formatDuration } from '../../notices/format-duration.ts';
import { MAX_CLOCK_DIFFERENCE_SECONDS } from '../../policy/clock-difference.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** From here on a difference deserves a look, though runs still believe it. */
const NOTICEABLE_SECONDS = 60;

/** What is known of the clocks: by how many seconds Slotkeeper's is ahead of the server's (negative: behind). */
export interface ClockFacts {
  /** Server's clock against this machine's: it lies between the two, for the answer took its time. */
  readonly here: { readonly least: number; readonly most: number };
  /** As the newest run saw it from the deployed functions; null: no run is on record. */
  readonly run: number | null;
}

/** Whether the clocks agree: idle times are measured by the server's, announced by ours. */
export function judgeClock(fact: Fact<ClockFacts>): Check {
  return checkFact(
    {
      name: 'clock',
      question: "Do the server's clock and ours agree?",
      expected: `within ${formatDuration(NOTICEABLE_SECONDS)}; from ${formatDuration(MAX_CLOCK_DIFFERENCE_SECONDS)} on runs are refused`,
      source: 'src/policy/clock-difference.ts: time zones differ by 15 minutes at least',
    },
    fact,
    ({ here, run }) => {
      const certain = here.least > 0 ? here.least : Math.min(0, here.most);
      const worst = Math.max(Math.abs(certain), Math.abs(run ?? 0));
      const found = `${told(certain)} this machine's${run === null ? '' : `, and at the last run ${told(run)} the functions'`}`;
      return worst < NOTICEABLE_SECONDS
        ? { verdict: 'ok', found: `the server's is ${found}` }
        : {
            verdict: worst > MAX_CLOCK_DIFFERENCE_SECONDS ? 'problem' : 'warning',
            found: `the server's is ${found}`,
            mend: [
              { kind: 'sql', line: 'SHOW timezone;' },
              { kind: 'cli', line: 'date -u' },
            ],
          };
    },
  );
}

/** @param ahead seconds by which ours is ahead */
function told(ahead: number): string {
  return Math.abs(ahead) < 1
    ? 'within a second of'
    : `${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'behind' : 'ahead of'}`;
}
