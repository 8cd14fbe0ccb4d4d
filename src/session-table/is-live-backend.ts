import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { isEndPending } from '../lifecycle/is-end-pending.ts';

/**
 * Whether a backend still needs a run's attention: warned, snoozed, being ended, or its end did not take. Live backends
 * stand in the sparse index; the items of the others expire.
 */
export function isLiveBackend(record: BackendRecord): boolean {
  const { state } = record;
  return state === 'warned' || state === 'snoozed' || state === 'terminating' || isEndPending(record);
}
