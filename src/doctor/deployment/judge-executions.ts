import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';

/** An execution that failed, and of which the session table knows nothing. */
export interface UnrecordedFailure {
  readonly arn: string;
  /** Name of the error; null: it was not looked up, or there was none. */
  readonly error: string | null;
}

export interface ExecutionFacts {
  /** How many of the newest executions were looked at, over all state machines of the stage; none older than a week. */
  readonly looked: number;
  /** The newest first. */
  readonly unrecorded: readonly UnrecordedFailure[];
}

/** What a run ends with that found another one of its target under way. */
const SKIPPED = 'RunLockHeld';

/** Whether executions come as far as putting their run on record: one that fails before shows in no history of runs. */
export function judgeExecutions(fact: Fact<ExecutionFacts>): Check {
  return checkFact(
    {
      name: 'executions',
      question: 'Do executions fail before their run is on record?',
      expected: 'none',
      source: 'docs/decisions/0006-refusals-end-in-fail.md',
    },
    fact,
    ({ looked, unrecorded }) => {
      const [newest] = unrecorded;
      if (newest === undefined) {
        return looked === 0
          ? { verdict: 'cannot-tell', found: 'there was no execution yet' }
          : { verdict: 'ok', found: `none of the ${looked} newest` };
      }
      const names = [...new Set(unrecorded.flatMap(({ error }) => (error === null ? [] : [error])))];
      const onlySkipped = names.every((name) => name === SKIPPED) && names.length > 0;
      const found = `${unrecorded.length} of the ${looked} newest: ${names.join(', ') || 'no error named'}`;
      return {
        verdict: onlySkipped ? 'warning' : 'problem',
        found: onlySkipped ? `${found}, another run of the target was under way` : found,
        mend: [
          {
            kind: 'cli',
            line: `aws stepfunctions get-execution-history --execution-arn ${newest.arn} --reverse-order --max-items 5`,
          },
        ],
      };
    },
  );
}
