/** Time, in milliseconds, and waiting. */
export interface TokenBucketClock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Lets through so many calls, or units of something, per second, and a few at once after a rest. */
export interface TokenBucket {
  /**
   * Resolves when it is the caller's turn; callers are served in their order.
   *
   * @param units what the call takes of the rate. @default 1
   */
  take(units?: number): Promise<void>;
}

/**
 * @param rate calls or units per second; may be less than one
 * @param most how many may go at once after a rest
 */
export function createTokenBucket(
  rate: number,
  clock: TokenBucketClock,
  most = Math.max(1, Math.floor(rate)),
): TokenBucket {
  let tokens = most;
  let since = clock.now();
  return {
    async take(units = 1) {
      const now = clock.now();
      // A clock that is set back gives nothing and takes nothing.
      tokens = Math.min(most, tokens + (Math.max(0, now - since) / 1000) * rate) - units;
      since = now;
      if (tokens < 0) {
        // Below nothing: so many callers wait already, each for a time of its own.
        await clock.sleep((-tokens / rate) * 1000);
      }
    },
  };
}
