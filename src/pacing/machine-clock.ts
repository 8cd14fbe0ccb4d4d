import { setTimeout as sleep } from 'node:timers/promises';
import type { TokenBucketClock } from './token-bucket.ts';

/** The machine's clock, because the embedded cloud moves its own. */
export const MACHINE_CLOCK: TokenBucketClock = { now: () => Date.now(), sleep };
