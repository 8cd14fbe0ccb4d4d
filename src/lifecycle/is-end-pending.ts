import type { BackendRecord } from './backend-record.ts';

/** Whether an end was tried and did not take: the backend was still there, or the server refused. */
export function isEndPending(record: BackendRecord): boolean {
  return record.state === 'terminated' && (record.outcome === 'denied' || record.outcome === 'still-there');
}
