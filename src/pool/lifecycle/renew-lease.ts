import type { Lease, PooledSessionRecord } from '../pooled-session.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * The holder keeps its lease for longer or uses it for something else. The fence stays; there is no event, because
 * nothing happened to the session and a busy container does this all day.
 *
 * @throws IllegalPoolTransition when it is not leased
 */
export function renewLease(
  record: PooledSessionRecord,
  renewed: Pick<Lease, 'until' | 'use' | 'retireAfter'> & {
    readonly aliveUntil: string;
    readonly uses: number;
    readonly at: string;
  },
): PooledSessionRecord {
  if (record.state !== 'leased' || record.lease === null) {
    throw new IllegalPoolTransition('renew the lease', record, 'leased');
  }
  const { until, use, retireAfter, aliveUntil, uses, at } = renewed;
  return {
    ...record,
    lease: { ...record.lease, until, use, retireAfter },
    aliveUntil,
    uses,
    version: record.version + 1,
    updatedAt: at,
  };
}
