import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { isLateEndDue } from './is-late-end-due.ts';
import type { LifecycleEvent, LifecycleEventType } from './lifecycle-event.ts';
import type { Outcome } from './outcome.ts';

const EVENT_OF: Readonly<Record<Outcome, LifecycleEventType>> = {
  gone: 'terminated',
  'already-gone': 'terminated',
  'busy-again': 'recovered',
  denied: 'termination-failed',
  'still-there': 'termination-failed',
};

/**
 * A look showed what became of a backend that was to be ended. The claim is over in any case. One that came back to
 * life has recovered: its receipt is spent and its clock starts anew. One whose end did not take keeps the receipt.
 *
 * @param settled `lastActiveAt`: what the look showed, null where the backend is no longer there; `detail`: measured
 *   values that go into the event beside the outcome
 * @throws IllegalTransition when nobody had claimed it, and no signal of an earlier run may still have reached it
 */
export function settleTermination(
  record: BackendRecord,
  settled: {
    readonly outcome: Outcome;
    readonly lastActiveAt: string | null;
    readonly detail: LifecycleEvent['detail'];
    readonly at: string;
    readonly by: string;
  },
): BackendRecord {
  const isLate = settled.outcome === 'gone' && isLateEndDue(record);
  if (record.state !== 'terminating' && !isLate) {
    throw new IllegalTransition('settle', describeState(record), 'terminating');
  }
  const { outcome, at, by } = settled;
  const event = { at, type: EVENT_OF[outcome], by, detail: { ...settled.detail, outcome } };
  if (outcome === 'busy-again') {
    return appendEvent(record, event, {
      outcome,
      claim: null,
      receipt: null,
      endsAt: null,
      lastActiveAt: settled.lastActiveAt ?? record.lastActiveAt,
    });
  }
  return appendEvent(record, event, { outcome, claim: null });
}
