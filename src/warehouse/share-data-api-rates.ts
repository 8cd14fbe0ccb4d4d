import { setTimeout as sleep } from 'node:timers/promises';
import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { createTokenBucket, type TokenBucketClock } from './token-bucket.ts';

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

/** The wall clock, because the embedded cloud moves that one. */
const MACHINE: TokenBucketClock = { now: () => Date.now(), sleep };

/**
 * Makes a client keep to its share of the account's rates: half of them, divided by the targets, since a target has one
 * run at a time and a run calls from one process at a time. Calls wait for their turn; each try of a retried call is one.
 *
 * @param targets how many targets share
 */
export function shareDataApiRates(
  client: RedshiftDataClient,
  targets: number,
  clock: TokenBucketClock = MACHINE,
): void {
  const buckets = new Map(
    Object.entries(RATES).map(([command, ofAccount]) => {
      const rate = Math.max(LEAST, (ofAccount * RUNS_PART) / Math.max(1, targets));
      const most = Math.max(Math.floor(rate), Math.min(CALLS_OF_A_RUN, ofAccount));
      return [command, createTokenBucket(rate, clock, most)];
    }),
  );
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        await buckets.get(commandName ?? '')?.take();
        return await next(args);
      },
    // After the middleware that tries again, which is of the same step.
    { name: 'shareDataApiRates', step: 'finalizeRequest', priority: 'low' },
  );
}
