import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { isEndPending } from './is-end-pending.ts';

/** Whether a backend can recover: it was warned, snoozed, claimed, or its end did not take. */
export function canRecover(record: BackendRecord): boolean {
  return (
    record.state === 'warned' || record.state === 'snoozed' || record.state === 'terminating' || isEndPending(record)
  );
}

/**
 * A backend was used again after its warning: the clock starts anew, and neither the old receipt nor a claim counts.
 *
 * @throws IllegalTransition when there is nothing to recover from
 */
export function recoverBackend(
  record: BackendRecord,
  { lastActiveAt, at, by }: { lastActiveAt: string; at: string; by: string },
): BackendRecord {
  if (!canRecover(record)) {
    throw new IllegalTransition('recover', describeState(record), 'warned, snoozed or terminating');
  }
  return appendEvent(
    record,
    { at, type: 'recovered', by, detail: { idleSince: record.lastActiveAt, lastActiveAt } },
    { lastActiveAt, receipt: null, endsAt: null, claim: null, outcome: null },
  );
}
