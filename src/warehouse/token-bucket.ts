/** Time, in milliseconds, and waiting. */
export interface TokenBucketClock {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<unknown>;
}

/** Lets through so many calls per second, and as many at once after a rest of a second. */
export interface TokenBucket {
  /** Resolves when it is the caller's turn; callers are served in their order. */
  take(): Promise<void>;
}

/** @param rate calls per second; may be less than one */
export function createTokenBucket(rate: number, clock: TokenBucketClock): TokenBucket {
  const most = Math.max(1, Math.floor(rate));
  let tokens = most;
  let since = clock.now();
  return {
    async take() {
      const now = clock.now();
      tokens = Math.min(most, tokens + ((now - since) / 1000) * rate) - 1;
      since = now;
      if (tokens < 0) {
        // Below nothing: so many callers wait already, each for a time of its own.
        await clock.sleep((-tokens / rate) * 1000);
      }
    },
  };
}
