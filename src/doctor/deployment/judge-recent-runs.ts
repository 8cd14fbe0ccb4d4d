import { formatDuration } from '../../notices/format-duration.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

export interface RecentRuns {
  /** The newest first; running ones included. */
  readonly runs: readonly {
    readonly runId: string;
    readonly ageSeconds: number;
    readonly state: 'running' | 'succeeded' | 'failed';
    /** Name of the error that it ended with. */
    readonly error: string | null;
  }[];
}

export interface RecentRunsContext {
  readonly target: string;
  /** Least seconds between two scheduled starts; null: not told by the schedule, or no schedule. */
  readonly interval: number | null;
  readonly stage: string;
  /** What to do about an error of this name: a sentence; null: nothing is known. */
  readonly adviceFor: (error: string) => string | null;
}

/** So long a start may be late before it counts as missing: three intervals, and the time that a run may take. */
const MISSED_STARTS = 3;
const RUN_SECONDS = 900;

/** Whether runs come, and succeed. */
export function judgeRecentRuns(fact: Fact<RecentRuns>, context: RecentRunsContext): Check {
  const { target, interval, stage, adviceFor } = context;
  return checkFact(
    {
      name: 'recent-runs',
      question: 'Do runs come, and do they succeed?',
      expected:
        interval === null ? 'the last one succeeded' : `one every ${formatDuration(interval)}, the last one succeeded`,
      source: 'docs/operations.md',
    },
    fact,
    ({ runs }) => {
      const [newest] = runs;
      if (newest === undefined) {
        return {
          verdict: interval === null ? 'cannot-tell' : 'warning',
          found: 'no run is on record',
          mend: [{ kind: 'cli', line: `slotkeeper run --target ${target} --dry-run` }],
        };
      }
      const ended = runs.filter(({ state }) => state !== 'running');
      const failed = ended.filter(({ state }) => state === 'failed');
      const sum = `${ended.length} ended, ${failed.length} failed${failed.length === 0 ? '' : ` (${countNames(failed.map(({ error }) => error ?? 'no error named'))})`}, the newest began ${formatDuration(newest.ageSeconds)} ago`;
      if (interval !== null && newest.ageSeconds > MISSED_STARTS * interval + RUN_SECONDS) {
        return {
          verdict: 'problem',
          found: `${sum}: the schedule starts none`,
          mend: [{ kind: 'cli', line: `slotkeeper status --target ${target} --stage ${stage}` }],
        };
      }
      const last = ended[0];
      if (failed.length === 0 || last === undefined) {
        return { verdict: 'ok', found: sum };
      }
      const shown = last.state === 'failed' ? last : failed[0];
      const advice = shown?.error == null ? null : adviceFor(shown.error);
      return {
        verdict: last.state === 'failed' ? 'problem' : 'warning',
        found: advice === null ? sum : `${sum}. ${advice}`,
        mend: [{ kind: 'cli', line: `slotkeeper history ${shown?.runId ?? last.runId} --target ${target}` }],
      };
    },
  );
}

/** e.g. `CapExceeded 2, RunLockHeld 1` */
function countNames(names: readonly string[]): string {
  return [...new Set(names)].map((name) => `${name} ${names.filter((other) => other === name).length}`).join(', ');
}
