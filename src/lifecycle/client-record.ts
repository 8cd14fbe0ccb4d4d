import type { Client } from '../policy/client.ts';
import type { LifecycleEvent } from './lifecycle-event.ts';

/** What can happen to a client that thrashes, in the past tense. */
export const CLIENT_EVENT_TYPES = ['thrashing', 'told', 'tell-failed', 'released'] as const;

/** One entry of a client's history, written in the same conditional update as what it explains. */
export interface ClientEvent extends Omit<LifecycleEvent, 'type'> {
  readonly type: (typeof CLIENT_EVENT_TYPES)[number];
}

/** What the session table knows of a client that opened new sessions as soon as others had been ended. */
export interface ClientRecord extends Client {
  readonly target: string;
  /** 16 hex digits of its names. */
  readonly id: string;
  /** Counts the writes, from 1; a write names the version that it read. */
  readonly version: number;
  /** How many of its ends within the window were followed by a return, and from how many on it is held. */
  readonly reconnects: number;
  readonly limit: number;
  /** The newest hold: none of its sessions is ended from then until then. ISO 8601, UTC, Slotkeeper's clock. */
  readonly since: string;
  readonly until: string;
  /** The run that found it. */
  readonly runId: string;
  /** The proof that the operators were told of this hold; null: not yet. */
  readonly told: { readonly messageId: string; readonly channel: string; readonly at: string } | null;
  /** Who let its sessions be ended again before the hold was over. */
  readonly released: { readonly at: string; readonly by: string } | null;
  /** Oldest first; at most the newest 50 are kept. */
  readonly events: readonly ClientEvent[];
}

/** Whether none of the client's sessions may be ended now. */
export function isHeld({ released, until }: ClientRecord, now: Date): boolean {
  return released === null && now.getTime() < Date.parse(until);
}
