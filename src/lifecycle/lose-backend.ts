import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { isEndPending } from './is-end-pending.ts';

/**
 * A backend is no longer there although nobody claimed it: its client closed it, or the server did.
 *
 * @throws IllegalTransition when a run had claimed it (then its end is settled) or its end is on record already
 */
export function loseBackend(record: BackendRecord, { at, by }: { at: string; by: string }): BackendRecord {
  const allowed =
    record.state === 'warned' || record.state === 'snoozed' || record.state === 'recovered' || isEndPending(record);
  if (!allowed) {
    throw new IllegalTransition('lose', describeState(record), 'warned, snoozed or recovered');
  }
  return appendEvent(
    record,
    { at, type: 'gone', by, detail: { idleSince: record.lastActiveAt, endsAt: record.endsAt } },
    { claim: null, endsAt: null },
  );
}
