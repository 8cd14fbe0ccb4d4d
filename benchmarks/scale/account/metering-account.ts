import { RateMeter } from './rate-meter.ts';

/** Who calls. */
export type Caller = 'runs' | 'tenants';

/** Calls per second that one account may make in one Region (AWS page amazon-redshift-limits). */
export const ACCOUNT_RATES = {
  ExecuteStatement: 30,
  DescribeStatement: 100,
  GetStatementResult: 20,
  CancelStatement: 3,
} as const;

export type Operation = keyof typeof ACCOUNT_RATES;

export const OPERATIONS = Object.keys(ACCOUNT_RATES) as Operation[];

/** What one caller did of one operation: tries that were taken, and tries that were throttled. */
export interface Metered {
  readonly taken: RateMeter;
  readonly throttled: RateMeter;
}

/**
 * The Data API's door of one account in one Region: a token bucket per operation, which everybody in the account draws
 * from. How much AWS lets through at once after a rest is not published; here it is what one second has.
 */
export class MeteringAccount {
  readonly #now: () => number;
  readonly #buckets = new Map<Operation, { tokens: number; at: number }>();
  #meters: Record<Caller, Record<Operation, Metered>>;
  /** Takes everything, so that a world can be made ready without waiting. */
  isOpen = false;

  /** @param now epoch milliseconds; does not go back */
  constructor(now: () => number) {
    this.#now = now;
    this.#meters = this.#fresh();
  }

  /** Begins to count anew; what the buckets hold stays. */
  reset(): void {
    this.#meters = this.#fresh();
  }

  of(caller: Caller, operation: Operation): Metered {
    return this.#meters[caller][operation];
  }

  /** Whether a try is let through; a throttled one costs nothing. */
  admits(caller: Caller, operation: Operation): boolean {
    const rate = ACCOUNT_RATES[operation];
    const now = this.#now();
    const bucket = this.#buckets.get(operation) ?? { tokens: rate, at: now };
    bucket.tokens = Math.min(rate, bucket.tokens + ((now - bucket.at) / 1000) * rate);
    bucket.at = now;
    this.#buckets.set(operation, bucket);
    // Sums of fractions: nearly one is one.
    const isAdmitted = this.isOpen || bucket.tokens > 1 - 1e-9;
    bucket.tokens -= isAdmitted && !this.isOpen ? 1 : 0;
    const meter = this.#meters[caller][operation];
    (isAdmitted ? meter.taken : meter.throttled).add();
    return isAdmitted;
  }

  #fresh(): Record<Caller, Record<Operation, Metered>> {
    const one = () => ({ taken: new RateMeter(this.#now), throttled: new RateMeter(this.#now) });
    const all = () => ({
      ExecuteStatement: one(),
      DescribeStatement: one(),
      GetStatementResult: one(),
      CancelStatement: one(),
    });
    return { runs: all(), tenants: all() };
  }
}
