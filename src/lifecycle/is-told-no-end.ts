import type { BackendRecord } from './backend-record.ts';
import { snoozeOf } from './snooze.ts';

/**
 * Whether its owner was warned, and told that there would be no end. A snooze has an end of its own, which says nothing of
 * what was told before: that is kept with it.
 */
export function isToldNoEnd(record: BackendRecord): boolean {
  if (record.receipt === null) {
    return false;
  }
  return record.state === 'snoozed'
    ? snoozeOf(record, record.lastActiveAt)?.announcedEnd === null
    : record.endsAt === null;
}
