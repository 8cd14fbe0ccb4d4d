import type { LeaseUse, PooledSessionRecord } from './pooled-session.ts';

/** A lease that this pool instance holds, and what it knows of the session since its last write. */
export interface HeldLease {
  /** As last written; only whoever uses the lease replaces it. */
  record: PooledSessionRecord;
  /** As in the record, counted from the last statement that this instance saw end. */
  aliveUntil: string;
  /** Statements run on it, the present one included. */
  uses: number;
}

/** What a caller needs a session for. */
export interface LeaseNeed {
  readonly use: LeaseUse;
  /** The session is to be retired afterwards. */
  readonly retireAfter: boolean;
  /** How long its statement may run, milliseconds: the session's 24 h must not end before. */
  readonly forMs: number;
}

/** A lease just taken, before anything ran under it. */
export function heldLease(record: PooledSessionRecord): HeldLease {
  return { record, aliveUntil: record.aliveUntil, uses: record.uses };
}

/** The same session in the same hands: another one in the slot, or another holder, has another id or fence. */
export function isSameLease(held: HeldLease, record: PooledSessionRecord): boolean {
  return (
    held.record.id === record.id &&
    record.state === held.record.state &&
    record.lease?.holder === held.record.lease?.holder &&
    record.lease?.fence === held.record.lease?.fence
  );
}
