import type { PoolKey } from './pool-key.ts';
import type { PooledSessionEvent } from './pooled-session-event.ts';

/**
 * `creating → available ⇄ leased → draining → ended`. Only an ended one frees its slot: while it drains the server may
 * still have the session.
 */
export const POOLED_SESSION_STATES = ['creating', 'available', 'leased', 'draining', 'ended'] as const;

export type PooledSessionState = (typeof POOLED_SESSION_STATES)[number];

/**
 * Why a session ended.
 *
 * - `expired`: idle for its keep-alive, or as old as a session may become; the server closed it by itself.
 * - `invalid`: the server had closed it before its time (its backend was ended, a restart).
 * - `retired`: the pool closed it, because nobody knew what state it was in, or it was old.
 * - `reaped`: a run of the reaper ended its backend.
 * - `never-opened`: its creation did not come to a session.
 */
export const END_REASONS = ['expired', 'invalid', 'retired', 'reaped', 'never-opened'] as const;

export type EndReason = (typeof END_REASONS)[number];

/**
 * What a lease is for, and so what a session is like when its holder dies.
 *
 * - `query`: one statement at a time, each complete in itself: whoever comes next finds the session clean.
 * - `session`: several statements with whatever they leave behind: nobody else takes it, it is retired.
 * - `statement`: a statement that outlasts its submitter holds it, until its event gives it back.
 */
export const LEASE_USES = ['query', 'session', 'statement'] as const;

export type LeaseUse = (typeof LEASE_USES)[number];

/** The exclusive right to submit to a session. */
export interface Lease {
  /** Random id of the pool instance (a container) that took it; it names nobody outside. */
  readonly holder: string;
  /** Which lease of its slot this is; it only grows, so an old holder is told from the present one. */
  readonly fence: number;
  /** ISO 8601, UTC. A holder does not submit after this; others look at the server before they take it over. */
  readonly until: string;
  readonly use: LeaseUse;
  /** The session is not given to anybody after this lease: it was used in a way that leaves something behind. */
  readonly retireAfter: boolean;
}

/** What the session table knows of the session in one numbered slot of a tenant. */
export interface PooledSessionRecord {
  readonly key: PoolKey;
  /** 0 to maxPerTenant - 1: the sort key. The tenant's bound holds because there are no other slots. */
  readonly slot: number;
  /** Random, another one for each session that lives in the slot: its name in events, logs and statement names. */
  readonly id: string;
  readonly state: PooledSessionState;
  /** Counts the writes of the slot, from 1; a write names the version that it read. */
  readonly version: number;
  /** A capability: never logged, never shown. `null` until the server has named it. */
  readonly sessionId: string | null;
  /** RedshiftPid, `null` while unknown: with `createdAt` it tells which backend is this session's. */
  readonly pid: number | null;
  /** Start of the backend by the server's clock; the Data API does not tell it, a run of the reaper fills it in. */
  readonly backendStartedAt: string | null;
  readonly lease: Lease | null;
  /** Highest fence given out in this slot; survives the session. */
  readonly fence: number;
  /** The submitted statement that holds the lease. */
  readonly statementId: string | null;
  /** ISO 8601, UTC; all times are Slotkeeper's clock. */
  readonly createdAt: string;
  /**
   * Until then the pool counts on the session while it is idle: end of the last known statement + keep-alive - margin.
   * Later by twice the margin the server has certainly closed it (see `goneAfter`).
   */
  readonly aliveUntil: string;
  /** After this nobody leases it: creation + lifetime, less jitter; always within 24 h. */
  readonly hardEndsAt: string;
  /** SessionKeepAliveSeconds of the session. */
  readonly keepAliveSeconds: number;
  /** Its number among the target's slots, `null` without a bound for the target. Kept until that slot is given back. */
  readonly targetSlot: number | null;
  /** Statements run on it, as known at the last write. */
  readonly uses: number;
  readonly endReason: EndReason | null;
  /** Oldest first; at most the newest 20, over the sessions of the slot. */
  readonly events: readonly PooledSessionEvent[];
  readonly eventsDropped: number;
  readonly updatedAt: string;
}
