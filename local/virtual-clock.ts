/**
 * The embedded cloud's own time: real time plus an offset that only grows.
 *
 * Everything in `local/` that expires, waits or stamps asks this clock, so a test moves half an hour ahead in no time
 * (`clock.advance(30 * 60_000)`) and a laptop simply lives in real time.
 */
export class VirtualClock {
  #offsetMs = 0;
  readonly #listeners = new Set<(offsetMs: number) => void | Promise<void>>();

  /** The current moment of the embedded cloud. */
  now(): Date {
    return new Date(Date.now() + this.#offsetMs);
  }

  /** Milliseconds by which this clock runs ahead of the machine's. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /**
   * Moves time forward and waits until everyone who listens has taken note.
   *
   * @param ms milliseconds, not negative: time never runs backwards here
   */
  async advance(ms: number): Promise<void> {
    if (!(Number.isFinite(ms) && ms >= 0)) {
      throw new RangeError(`Expected the clock to be advanced by 0 ms or more, got ${ms}.`);
    }
    this.#offsetMs += ms;
    await Promise.all([...this.#listeners].map((listener) => listener(this.#offsetMs)));
  }

  /**
   * Registers someone who must act when time jumps (expire sessions, move the database's clock).
   *
   * @returns a function that takes the listener off again
   */
  onAdvance(listener: (offsetMs: number) => void | Promise<void>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
