import type { VirtualClock } from '../virtual-clock.ts';

/** A bucket that holds one second's worth of requests and refills steadily, on the cloud's clock. */
export class TokenBucket {
  readonly #perSecond: number;
  readonly #clock: VirtualClock;
  #tokens: number;
  #filledAt: number;

  constructor(perSecond: number, clock: VirtualClock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#tokens = perSecond;
    this.#filledAt = clock.now().getTime();
  }

  /** Takes one token; false when none is left. */
  take(): boolean {
    const now = this.#clock.now().getTime();
    const refill = ((now - this.#filledAt) / 1000) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + refill);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
