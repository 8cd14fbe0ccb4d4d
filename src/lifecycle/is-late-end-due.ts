import type { BackendRecord } from './backend-record.ts';

/**
 * Whether a backend was signalled, outlived its run's looks, and so has a signal that may yet end it: one that is not
 * there any more has then died of it, however late.
 */
export function isLateEndDue(record: BackendRecord): boolean {
  const failed = record.events.findLast(({ type }) => type === 'termination-failed');
  return record.state === 'terminated' && record.outcome === 'still-there' && failed?.detail['signalled'] === true;
}
