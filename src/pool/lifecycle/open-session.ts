import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';

/**
 * The server has named the session. Whoever created it goes on with its lease; one that was found after its creator
 * had died becomes available (`adopt`).
 *
 * @throws IllegalPoolTransition when it is not being created
 */
export function openSession(
  record: PooledSessionRecord,
  opened: {
    readonly sessionId: string;
    readonly pid: number | null;
    readonly targetSlot: number | null;
    readonly aliveUntil: string;
    /** The creator's lease goes on until then, or was over then; nothing for one that is adopted. */
    readonly leaseUntil: string;
    readonly adopt: boolean;
    readonly at: string;
    readonly by: string;
  },
): PooledSessionRecord {
  if (record.state !== 'creating') {
    throw new IllegalPoolTransition('open', record, 'creating');
  }
  const { sessionId, pid, targetSlot, aliveUntil, leaseUntil, adopt, at, by } = opened;
  return appendPoolEvent(
    record,
    adopt ? 'available' : 'leased',
    { at, type: 'opened', by, detail: { pid, adopted: adopt } },
    {
      sessionId,
      pid,
      targetSlot,
      aliveUntil,
      uses: 1,
      lease: adopt || record.lease === null ? null : { ...record.lease, until: leaseUntil },
    },
  );
}
