import { createTokenBucket, type TokenBucketClock } from '../pacing/token-bucket.ts';

/**
 * Calls per second that the Data API takes from one account in one Region, not adjustable (AWS page
 * amazon-redshift-limits, "Quotas for Amazon Redshift Data API"). None is given for ListSessions.
 */
const RATES: Readonly<Record<string, number>> = {
  ExecuteStatementCommand: 30,
  DescribeStatementCommand: 100,
  GetStatementResultCommand: 20,
  CancelStatementCommand: 3,
};

/** What runs may take of them together; the rest is for tenants' queries and everybody else in the account. */
const RUNS_PART = 0.5;

/** However many targets there are, a run gets on. Calls per second. */
const LEAST = 0.5;

/**
 * Calls of one run besides looks at statements: so many go at once after a rest, however small the share is. A run is
 * spread over its waits anyway; it would only be held up.
 */
const CALLS_OF_A_RUN = 8;

/**
 * Turns of one process: half of the account's rates, divided by the targets.
 *
 * @param targets how many targets share
 * @returns resolves when a call of this command may leave
 */
export function dataApiTurns(targets: number, clock: TokenBucketClock): (command: string) => Promise<void> {
  const buckets = new Map(
    Object.entries(RATES).map(([command, ofAccount]) => {
      const rate = Math.max(LEAST, (ofAccount * RUNS_PART) / Math.max(1, targets));
      const most = Math.max(Math.floor(rate), Math.min(CALLS_OF_A_RUN, ofAccount));
      return [command, createTokenBucket(rate, clock, most)];
    }),
  );
  return async (command) => buckets.get(command)?.take();
}
