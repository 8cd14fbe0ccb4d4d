import { formatDuration } from '../../notices/format-duration.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

export interface RunTimes {
  /** How long each finished run took, seconds. */
  readonly seconds: readonly number[];
}

export interface RunTimesContext {
  readonly schedule: string | null;
  /** Least seconds between two starts; null: an hour or more, or no schedule. */
  readonly interval: number | null;
}

/** Whether runs end before the next one is started. One that finds another under way is skipped, which helps nobody. */
export function judgeRunTimes(fact: Fact<RunTimes>, { schedule, interval }: RunTimesContext): Check {
  const least = interval ?? 3_600;
  return checkFact(
    {
      name: 'schedule-overlap',
      question: 'Do runs end before the next one begins?',
      expected: schedule === null ? 'no schedule, so none overlap' : `less than half of ${formatDuration(least)}`,
      source: 'repository gchq/sleeper#2432: scheduled runs that overlapped',
    },
    fact,
    ({ seconds }) => {
      if (schedule === null) {
        return { verdict: 'ok', found: 'runs are started by hand, and a lock keeps them apart' };
      }
      if (seconds.length === 0) {
        return { verdict: 'cannot-tell', found: 'no run has ended yet' };
      }
      const longest = Math.max(...seconds);
      const found = `the longest of ${seconds.length} ${seconds.length === 1 ? 'run' : 'runs'} took ${formatDuration(longest)}`;
      return longest * 2 < least
        ? { verdict: 'ok', found }
        : {
            verdict: longest >= least ? 'problem' : 'warning',
            found: longest >= least ? `${found}: the next one is skipped` : `${found}: little is left to the next one`,
            mend: [{ kind: 'yaml', line: `schedule: rate(${Math.max(2, Math.ceil((longest * 3) / 60))} minutes)` }],
          };
    },
  );
}
