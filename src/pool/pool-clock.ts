/** The pool's time. */
export interface PoolClock {
  now(): Date;
  /** Resolves after so many milliseconds, or as soon as the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
