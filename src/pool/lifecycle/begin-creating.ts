import type { PoolKey } from '../pool-key.ts';
import { SESSION_LIFETIME_SECONDS } from '../pool-limits.ts';
import type { Lease, PooledSessionRecord } from '../pooled-session.ts';
import { appendPoolEvent } from './append-pool-event.ts';
import { IllegalPoolTransition } from './illegal-pool-transition.ts';
import { plusSeconds } from './session-times.ts';

/**
 * A pool is about to open a session in a free slot. It is written before the session is asked for, so that a crash
 * leaves a trace, and it occupies the slot, so that the tenant's bound holds.
 *
 * @param previous what the slot holds: nothing, or an ended session, whose fence and history go on
 * @throws IllegalPoolTransition when the slot is taken
 */
export function beginCreating(
  previous: PooledSessionRecord | null,
  begin: {
    readonly key: PoolKey;
    readonly slot: number;
    readonly id: string;
    readonly lease: Omit<Lease, 'fence'>;
    readonly hardEndsAt: string;
    readonly keepAliveSeconds: number;
    readonly at: string;
    readonly by: string;
  },
): PooledSessionRecord {
  if (previous !== null && previous.state !== 'ended') {
    throw new IllegalPoolTransition('create anew', previous, 'not recorded or ended');
  }
  const { key, slot, id, at, by, hardEndsAt, keepAliveSeconds } = begin;
  const fence = (previous?.fence ?? 0) + 1;
  const fresh: PooledSessionRecord = {
    key,
    slot,
    id,
    state: 'creating',
    version: previous?.version ?? 0,
    sessionId: null,
    pid: null,
    backendStartedAt: null,
    lease: { ...begin.lease, fence },
    fence,
    statementId: null,
    createdAt: at,
    // Nobody knows yet; no session is alive for longer.
    aliveUntil: plusSeconds(at, SESSION_LIFETIME_SECONDS),
    hardEndsAt,
    keepAliveSeconds,
    targetSlot: null,
    uses: 0,
    endReason: null,
    events: previous?.events ?? [],
    eventsDropped: previous?.eventsDropped ?? 0,
    updatedAt: at,
  };
  return appendPoolEvent(fresh, 'creating', { at, type: 'creating', by, detail: { fence } }, {});
}
