import type { Lease, PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * A pool takes the lease of a session: of an available one, or of one whose last lease is over and that was seen to be
 * idle since. The fence grows, so the old holder's writes and claims are told from the new one's.
 *
 * @throws IllegalPoolTransition when it is neither available nor leased
 */
export function leaseSession(
  record: PooledSessionRecord,
  taken: {
    readonly lease: Omit<Lease, 'fence'>;
    /** How long it is counted on, where more is known than the record says. */
    readonly aliveUntil?: string;
    readonly at: string;
    readonly by: string;
  },
): PooledSessionRecord {
  if (record.state !== 'available' && record.state !== 'leased') {
    throw new IllegalPoolTransition('lease', record, 'available or leased');
  }
  const fence = record.fence + 1;
  return appendPoolEvent(
    record,
    'leased',
    {
      at: taken.at,
      type: record.state === 'available' ? 'leased' : 'taken-over',
      by: taken.by,
      detail: { fence, use: taken.lease.use, overSince: record.lease?.until ?? null },
    },
    { lease: { ...taken.lease, fence }, fence, statementId: null, aliveUntil: taken.aliveUntil ?? record.aliveUntil },
  );
}
