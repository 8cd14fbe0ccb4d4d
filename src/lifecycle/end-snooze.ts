import { appendEvent } from './append-event.ts';
import type { BackendRecord } from './backend-record.ts';
import { describeState } from './describe-state.ts';
import { IllegalTransition } from './illegal-transition.ts';
import { snoozeOf } from './snooze.ts';

/** Whether a snooze holds at a moment (ISO 8601, UTC, Slotkeeper's clock). */
export function isSnoozedAt({ state, endsAt }: Pick<BackendRecord, 'state' | 'endsAt'>, at: string): boolean {
  return state === 'snoozed' && (endsAt === null || Date.parse(endsAt) > Date.parse(at));
}

/**
 * A snooze is taken back: it is over now, but the backend is not ended before the end that its owner had been told.
 *
 * @throws IllegalTransition when it is not snoozed at that moment
 */
export function endSnooze(record: BackendRecord, { at, by }: { at: string; by: string }): BackendRecord {
  const snooze = snoozeOf(record, record.lastActiveAt);
  if (snooze === null || !isSnoozedAt(record, at)) {
    throw new IllegalTransition('end the snooze of', describeState(record), 'snoozed');
  }
  const { announcedEnd } = snooze;
  const until = announcedEnd !== null && Date.parse(announcedEnd) > Date.parse(at) ? announcedEnd : at;
  return appendEvent(
    record,
    { at, type: 'snooze-ended', by, detail: { until, snoozedBy: snooze.by, snoozedUntil: snooze.until } },
    { endsAt: until, snooze: { ...snooze, until, endedBy: by } },
  );
}
