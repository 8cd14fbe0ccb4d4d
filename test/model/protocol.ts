/** Who has the session by its item in the table. */
export type Item = 'available' | 'leased-1' | 'leased-2' | 'draining' | 'ended';

/**
 * A pool: out; it has read the item as available (`read`) or as leased for too long and seen the session idle
 * (`verified`); it holds the lease; its statement is under way; it runs.
 */
export type PoolAt = 'out' | 'read' | 'verified' | 'holds' | 'sent' | 'runs';

/** A run: out; it has planned the end by an item that it read; drained the item; claimed the backend; handed in the statement. */
export type ReaperAt = 'out' | 'planned' | 'drained' | 'claimed' | 'submitted';

/**
 * The whole of the protocol's state, for one session. What an actor has read is fresh until somebody else writes the
 * item: that is all that a version says, so versions need no numbers here.
 */
export interface ProtocolState {
  readonly item: Item;
  /** The newest lease of pool 1, and of pool 2, is over, its grace for clocks and requests included. */
  readonly late: readonly [boolean, boolean];
  readonly pools: readonly [PoolAt, PoolAt];
  /** What pool 1, pool 2 and the run have read is as it is in the table. */
  readonly fresh: readonly [boolean, boolean, boolean];
  /** Number of the pool whose statement runs. */
  readonly backend: 'gone' | 'idle' | 1 | 2;
  readonly reaper: ReaperAt;
  readonly locked: boolean;
  readonly record: 'none' | 'claimed' | 'settled';
  /** The guarded statement is with the server and has not run. */
  readonly statement: boolean;
  /** The signal is out, and the backend has not died of it. */
  readonly doomed: boolean;
  /** The guarded statement of this run has signalled. */
  readonly signalled: boolean;
  /** So long ago was it drained that nothing of that run is under way any more. */
  readonly waited: boolean;
}

export const INITIAL: ProtocolState = {
  item: 'available',
  late: [false, false],
  pools: ['out', 'out'],
  fresh: [false, false, false],
  backend: 'idle',
  reaper: 'out',
  locked: false,
  record: 'none',
  statement: false,
  doomed: false,
  signalled: false,
  waited: false,
};

/** What must hold in every state; a step that breaks one says which, and how. */
export const PROMISES = [
  'no session used by two holders at once',
  'no session ended that the pool may hand out',
  'no session ended that somebody uses',
  'no running backend ended',
  'intent is recorded before an end',
  'everything is free again in the end',
] as const;

export type Promised = (typeof PROMISES)[number];

/** What can be left out of the protocol, and the promise that the shortest way from there breaks. */
export const WEAKNESSES = {
  'no version check': 'no session used by two holders at once',
  'claim and statement before drain': 'no session ended that the pool may hand out',
  'intent after statement': 'intent is recorded before an end',
  'lease taken over before it is over': 'no session used by two holders at once',
  'lease taken over unseen': 'no session used by two holders at once',
  'statement sent on a lease that is over': 'no session used by two holders at once',
  'restored without waiting': 'no session ended that somebody uses',
  'signalled one restored': 'no session ended that somebody uses',
  'lock never expires': 'everything is free again in the end',
} as const satisfies Readonly<Record<string, Promised>>;

/**
 * What the protocol does not need for a session of the pool: whoever is drained runs nothing, and nobody can begin. The
 * guard looks all the same, since other sessions have no item; and where the drain is late, it is the guard that spares
 * who runs.
 */
export const SECOND_LINES = ['guard without running statements'] as const;

export type Weakness = keyof typeof WEAKNESSES | (typeof SECOND_LINES)[number];

export const weaknesses = Object.keys(WEAKNESSES) as readonly (keyof typeof WEAKNESSES)[];

/** Whether the lease that the item names is over. */
export function isLeaseOver({ item, late }: ProtocolState): boolean {
  return (item === 'leased-1' && late[0]) || (item === 'leased-2' && late[1]);
}

/** Everybody and everything at rest: nothing is held, claimed or under way. */
export function isAtRest(state: ProtocolState): boolean {
  const { pools, reaper, locked, record, statement, doomed, item } = state;
  const nobodyActs = pools.every((at) => at === 'out') && reaper === 'out' && !locked && !statement && !doomed;
  return nobodyActs && record !== 'claimed' && (item === 'available' || item === 'ended');
}
