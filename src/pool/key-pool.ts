import type { DataApiFailed } from '../warehouse/data-api-failed.ts';
import type { HeldLease } from './held-lease.ts';
import type { PoolKey } from './pool-key.ts';
import { WaitLine } from './wait-line.ts';

/** What one pool instance has and knows of one key. */
export class KeyPool {
  readonly key: PoolKey;
  /** Leases that are kept and not in use, the one used last at the end. */
  readonly idle: HeldLease[] = [];
  readonly line = new WaitLine();
  /** Other instances wait: until then (epoch milliseconds) a lease is given back after each use. */
  giveBackUntil = 0;
  /** Gave a session back for others: until then (epoch milliseconds) they go first. */
  yieldUntil = 0;
  /** Whether the last look at the table showed instances elsewhere that wait. */
  othersWait = false;
  /** When to look (epoch milliseconds) whether others wait for what this instance keeps; `null`: there is room for all. */
  lookAgainAt: number | null = null;
  /** Milliseconds between looks of the first in line; it grows while the line lasts, since every look costs a read. */
  pauseMs = 0;
  /** Until when (epoch milliseconds) the table tells others that this instance waits. */
  announcedUntil = 0;
  /** The service has no room for another session: until then (epoch milliseconds) none is asked for. */
  createNothingUntil = 0;
  /** What kept the last look from seeing after a session; it explains why there was none to be had. */
  trouble: DataApiFailed | null = null;
  #looks: Promise<unknown> = Promise.resolve();

  constructor(key: PoolKey) {
    this.key = key;
  }

  /** Takes a kept lease out of the idle ones, the most recently used first. */
  takeIdle(fits: (lease: HeldLease) => boolean): HeldLease | null {
    const index = this.idle.findLastIndex(fits);
    return index === -1 ? null : (this.idle.splice(index, 1)[0] ?? null);
  }

  /** One look at the table at a time: callers of one process need not race each other there. */
  exclusively<T>(look: () => Promise<T>): Promise<T> {
    const result = this.#looks.then(look);
    // The next look comes whatever became of this one; its failure is its caller's.
    this.#looks = result.catch(() => undefined);
    return result;
  }
}

/** The key pools of an instance, made when first asked for. */
export class KeyPools {
  readonly #pools = new Map<string, KeyPool>();

  of(key: PoolKey): KeyPool {
    const text = JSON.stringify([key.tenant, key.target, key.database, key.dbUser]);
    const known = this.#pools.get(text) ?? new KeyPool(key);
    this.#pools.set(text, known);
    return known;
  }

  all(): KeyPool[] {
    return [...this.#pools.values()];
  }
}
