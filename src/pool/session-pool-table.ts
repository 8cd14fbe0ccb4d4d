import type { PoolKey } from './pool-key.ts';
import type { PooledSessionRecord } from './pooled-session.ts';

/** Callers of one process that wait in line for a session of a key. */
export interface WaitingRecord {
  /** The waiting pool instance. */
  readonly holder: string;
  /** When it stops waiting: ISO 8601, UTC. Later than that the entry counts for nothing. */
  readonly until: string;
}

/** Everything of one key. */
export interface PoolState {
  /** At most one per slot, by slot. */
  readonly sessions: readonly PooledSessionRecord[];
  readonly waiting: readonly WaitingRecord[];
}

/** One of the numbered slots by which the bound of a target is kept. It says nothing about the tenant. */
export interface TargetSlot {
  readonly target: string;
  /** From 0. */
  readonly number: number;
  /** `id` of the pooled session that has it. */
  readonly holder: string;
  /** Frees itself then: no session lives so long. ISO 8601, UTC. */
  readonly until: string;
}

/**
 * The pool's part of the session table.
 *
 * Every write is one conditional write; reads are strong unless said otherwise. `saveSession` succeeds only if the
 * stored version is `record.version - 1` (version 1: there is no item), otherwise it throws `VersionConflict` and
 * changes nothing.
 */
export interface SessionPoolTable {
  /** Sessions and line of a key in one strong read: one table call unless the key has more than 1 MB. */
  readPool(key: PoolKey): Promise<PoolState>;
  readSession(key: PoolKey, slot: number): Promise<PooledSessionRecord | null>;
  /** @throws VersionConflict */
  saveSession(record: PooledSessionRecord): Promise<void>;
  /** Sessions of the target that are not ended, of all tenants. From the sparse index: a hint, may lag. */
  listLiveSessions(target: string): Promise<readonly PooledSessionRecord[]>;

  /** Tells others that this process waits; replaces its earlier entry. */
  joinLine(key: PoolKey, entry: WaitingRecord): Promise<void>;
  /** Does nothing when there is no such entry. */
  leaveLine(key: PoolKey, holder: string): Promise<void>;

  /** All target slots that have a holder, those past their `until` included. */
  readTargetSlots(target: string): Promise<readonly TargetSlot[]>;
  /** Takes a slot if it is free or past its `until` at `now`; false: somebody else has it. */
  claimTargetSlot(slot: TargetSlot, now: string): Promise<boolean>;
  /** Gives it back if this session still has it; otherwise does nothing. */
  releaseTargetSlot(slot: Pick<TargetSlot, 'target' | 'number' | 'holder'>): Promise<void>;
}
