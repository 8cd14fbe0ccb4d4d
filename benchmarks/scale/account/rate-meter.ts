/** Counts by whole seconds: how much in all, and how much in the busiest second. */
export class RateMeter {
  readonly #now: () => number;
  #second = Number.NEGATIVE_INFINITY;
  #inSecond = 0;
  total = 0;
  /** The most within one whole second. */
  busiest = 0;

  /** @param now epoch milliseconds; does not go back */
  constructor(now: () => number) {
    this.#now = now;
  }

  add(count = 1): void {
    const second = Math.floor(this.#now() / 1000);
    this.#inSecond = second === this.#second ? this.#inSecond + count : count;
    this.#second = second;
    this.total += count;
    this.busiest = Math.max(this.busiest, this.#inSecond);
  }
}
