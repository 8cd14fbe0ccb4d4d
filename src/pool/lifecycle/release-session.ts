import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * A lease is given back: others may have the session.
 *
 * @param released `aliveUntil` counts from the end of the last statement
 * @throws IllegalPoolTransition when it is not leased
 */
export function releaseSession(
  record: PooledSessionRecord,
  released: { readonly aliveUntil: string; readonly uses: number; readonly at: string; readonly by: string },
): PooledSessionRecord {
  if (record.state !== 'leased') {
    throw new IllegalPoolTransition('release', record, 'leased');
  }
  const { aliveUntil, uses, at, by } = released;
  return appendPoolEvent(
    record,
    'available',
    { at, type: 'released', by, detail: { fence: record.fence, uses } },
    { lease: null, statementId: null, aliveUntil, uses },
  );
}
