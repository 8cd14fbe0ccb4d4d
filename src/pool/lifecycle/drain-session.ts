import type { PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';
import { isLeaseOver } from './session-times.ts';

/** Whether one who holds no lease may drain it: it is idle, or its lease is over. A leased session is left alone. */
export function canDrain(record: PooledSessionRecord, at: string, leaseGraceSeconds: number): boolean {
  return record.state === 'available' || (record.state === 'leased' && isLeaseOver(record, at, leaseGraceSeconds));
}

/**
 * Nobody gets the session any more, and it is about to be closed. Its slot stays taken until it is seen to be gone.
 * The reaper does this before it ends the backend of an idle one (see {@link canDrain}), a holder with its own lease.
 *
 * @param drained `aliveUntil`: as in the record, how long the server may keep it; `backend`: which one it is, where that
 *   was seen, so that another one under its pid is never taken for it
 * @throws IllegalPoolTransition when it drains already or has ended
 */
export function drainSession(
  record: PooledSessionRecord,
  drained: {
    readonly why: string;
    readonly aliveUntil: string;
    readonly backend?: { readonly pid: number; readonly startedAt: string };
    readonly at: string;
    readonly by: string;
  },
): PooledSessionRecord {
  if (record.state === 'draining' || record.state === 'ended') {
    throw new IllegalPoolTransition('drain', record, 'creating, available or leased');
  }
  const { why, aliveUntil, backend, at, by } = drained;
  return appendPoolEvent(
    record,
    'draining',
    { at, type: 'draining', by, detail: { why, from: record.state } },
    {
      lease: null,
      statementId: null,
      aliveUntil,
      ...(backend === undefined ? {} : { pid: backend.pid, backendStartedAt: backend.startedAt }),
    },
  );
}
