import type { HeldLease } from './held-lease.ts';

/** Callers of one process that wait for a session of one key: first come, first served. */
export class WaitLine {
  readonly #places: Place[] = [];

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  join(): Place {
    const place = new Place();
    this.#places.push(place);
    return place;
  }

  /** Takes the first place again: the lease that was handed over turned out to be lost. */
  rejoin(place: Place): void {
    this.#places.unshift(place);
  }

  isFirst(place: Place): boolean {
    return this.#places[0] === place;
  }

  /**
   * Leaves the line; whoever is first now is woken to take over the looking.
   *
   * @returns a lease that was handed over and not taken: it needs another owner
   */
  leave(place: Place): HeldLease | null {
    const index = this.#places.indexOf(place);
    if (index !== -1) {
      this.#places.splice(index, 1);
    }
    this.#places[0]?.wake('first');
    return place.take();
  }

  /** Hands a lease to the first in line, who leaves the line by it; false: nobody waits. */
  grant(lease: HeldLease): boolean {
    const first = this.#places.shift();
    first?.give(lease);
    return first !== undefined;
  }

  /** Tells the first in line that something may have become free. */
  wakeFirst(): void {
    this.#places[0]?.wake('look');
  }
}

/** Why a place was woken: a lease was handed over, it is first now, or something may have become free. */
export type WakeReason = 'granted' | 'first' | 'look';

/** A caller's place in a {@link WaitLine}. */
export class Place {
  #granted: HeldLease | null = null;
  #wake = Promise.withResolvers<WakeReason>();

  /** Resolves with the first reason to wake since the last {@link take}. */
  woken(): Promise<WakeReason> {
    return this.#wake.promise;
  }

  /** Takes the lease that was handed over, if any; sleeps on otherwise. */
  take(): HeldLease | null {
    const lease = this.#granted;
    this.#granted = null;
    this.#wake = Promise.withResolvers<WakeReason>();
    return lease;
  }

  give(lease: HeldLease): void {
    this.#granted = lease;
    this.#wake.resolve('granted');
  }

  wake(reason: WakeReason): void {
    this.#wake.resolve(reason);
  }
}
