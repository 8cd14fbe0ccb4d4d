import type { RunRecord } from '../session-table/run-record.ts';
import { EXIT } from './exit-codes.ts';

/**
 * The exit code of a run that came to its end.
 *
 * A backend that left by itself, was used again or could not be claimed any more needs nothing done. If all that a run
 * meant to do was refused (notices not taken, terminations denied), that is a failure and not "nothing to do".
 */
export function exitOfRun(
  run: Pick<RunRecord, 'dryRun' | 'counts' | 'kept' | 'notices' | 'outcomes'>,
): typeof EXIT.acted | typeof EXIT.nothingToDo | typeof EXIT.failed | typeof EXIT.refused {
  // Sessions that are due, and whose client would be back at once: refused, unless there was anything else to do.
  const rest = (run.kept['thrashing'] ?? 0) > 0 ? EXIT.refused : EXIT.nothingToDo;
  if (run.dryRun) {
    return (run.counts?.warn ?? 0) + (run.counts?.terminate ?? 0) > 0 ? EXIT.acted : rest;
  }
  if (run.notices.sent + run.outcomes.gone + run.outcomes['still-there'] > 0) {
    return EXIT.acted;
  }
  return run.notices.failed + (run.notices.refused ?? 0) + run.outcomes.denied > 0 ? EXIT.failed : rest;
}
