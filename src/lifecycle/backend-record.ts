import type { BackendIdentity } from '../backends/backend-identity.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';
import type { Outcome } from './outcome.ts';
import type { Receipt } from './receipt.ts';
import type { Snooze } from './snooze.ts';

/**
 * `warned → recovered | snoozed | terminating → terminated(outcome) | gone`. A recovered backend may be warned again;
 * one whose termination was denied or did not take is `terminated` with that outcome and may be claimed anew.
 */
export const BACKEND_STATES = ['warned', 'recovered', 'snoozed', 'terminating', 'terminated', 'gone'] as const;

export type BackendState = (typeof BACKEND_STATES)[number];

/** What the session table knows of one backend. */
export interface BackendRecord {
  readonly identity: BackendIdentity;
  readonly state: BackendState;
  /** Counts the writes, from 1; a write names the version that it read. */
  readonly version: number;
  readonly database: string;
  readonly application: string;
  readonly clientHost: string;
  /** The idle spell that this record is about began then (server time). A newer value means it was used since. */
  readonly lastActiveAt: string;
  readonly rule: string;
  readonly owner: string | null;
  readonly receipt: Receipt | null;
  /** Earliest moment at which it may be ended: ISO 8601, UTC. */
  readonly endsAt: string | null;
  /** The newest snooze, over or not; absent: there was none. Read it with `snoozeOf`: it may be of an earlier spell. */
  readonly snooze?: Snooze;
  /** The run that means to end it, and since when. */
  readonly claim: { readonly runId: string; readonly at: string } | null;
  readonly outcome: Outcome | null;
  /** Oldest first; at most the newest 100 are kept. */
  readonly events: readonly LifecycleEvent[];
  /** How many older events were dropped. */
  readonly eventsDropped: number;
  /** ISO 8601, UTC. */
  readonly updatedAt: string;
}
