import type { Backend } from '../backends/backend.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isUsedSince } from '../lifecycle/is-used-since.ts';
import type { Outcome } from '../lifecycle/outcome.ts';

/** What is known of one claimed backend after a round. */
export interface OutcomeEvidence {
  readonly record: BackendRecord;
  /** As the look saw it; undefined: not there. */
  readonly seen: Backend | undefined;
  /** Whether this or an earlier round signalled it; null: the statement did not finish, so nobody can tell. */
  readonly signalled: boolean | null;
  /** The server refused the signal. */
  readonly denied: boolean;
  readonly lastRound: boolean;
}

/** What became of a claimed backend; `pending`: a later look will tell. */
export function decideOutcome({ record, seen, signalled, denied, lastRound }: OutcomeEvidence): Outcome | 'pending' {
  if (seen === undefined) {
    return signalled === false ? 'already-gone' : 'gone';
  }
  const busy =
    seen.activity === 'running' || (seen.activity !== 'unknown' && isUsedSince(record.lastActiveAt, seen.lastActiveAt));
  // One that was signalled may run for a moment before it dies of it: only the last look calls that life.
  if (busy && (signalled !== true || lastRound)) {
    return 'busy-again';
  }
  if (denied) {
    return 'denied';
  }
  return lastRound ? 'still-there' : 'pending';
}
