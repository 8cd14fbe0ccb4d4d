import type { BackendRecord } from './backend-record.ts';

/** Whether its owner was warned, and told that there would be no end. A snooze that has none is another matter. */
export function isToldNoEnd(record: BackendRecord): boolean {
  return record.receipt !== null && record.endsAt === null && record.state !== 'snoozed';
}
