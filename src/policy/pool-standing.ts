/** Names a pooled session as it was when it was looked at; holds no SessionId. */
export interface PooledSessionRef {
  readonly tenant: string;
  readonly database: string;
  readonly dbUser: string;
  readonly slot: number;
  /** Which of the sessions that lived in the slot. */
  readonly id: string;
  /** Highest fence given out: another number means that it was leased since. */
  readonly fence: number;
}

/** Standings in which nobody uses a backend, so that a rule may decide about it. */
export type EndableStanding =
  | { readonly kind: 'idle' | 'draining'; readonly session: PooledSessionRef }
  | { readonly kind: 'orphan' };

/**
 * What the session pool says of a backend.
 *
 * - `leased`: somebody may submit to it at any moment.
 * - `unclear`: it may be the session of an item that does not know its backend yet.
 * - `idle`: nobody has it, and the pool may hand it out.
 * - `draining`: nobody has it, and the pool does not hand it out any more.
 * - `orphan`: it signed in as a tenant of the pool, and no item of the pool knows it.
 */
export type PoolStanding = EndableStanding | { readonly kind: 'leased' | 'unclear' };

/** What a rule's `match.pool` may ask for. */
export const POOL_MATCHES = ['idle', 'orphan'] as const;

export type PoolMatch = (typeof POOL_MATCHES)[number];

/** Whether the pool leaves a backend to the rules. */
export function isEndable(standing: PoolStanding): standing is EndableStanding {
  return standing.kind !== 'leased' && standing.kind !== 'unclear';
}

/** What a rule sees of a standing: a session that drains is as idle as any. */
export function poolMatchOf(standing: PoolStanding | null): PoolMatch | null {
  if (standing === null || !isEndable(standing)) {
    return null;
  }
  return standing.kind === 'orphan' ? 'orphan' : 'idle';
}
