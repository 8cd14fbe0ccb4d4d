import type { VirtualClock } from '../virtual-clock.ts';
import { DataApiError } from './data-api-error.ts';
import type { DataApiOperation } from './data-api-operation.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * Requests per second, account and Region ("Quotas for the Amazon Redshift Data API", mgmt/amazon-redshift-limits and
 * mgmt/data-api). The pages name no rate for ListSessions and GetStatementResultV2: theirs are guesses, taken from
 * ListStatements and GetStatementResult.
 */
export const DOCUMENTED_RATES: Readonly<Record<DataApiOperation, number>> = {
  BatchExecuteStatement: 20,
  CancelStatement: 3,
  DescribeStatement: 100,
  DescribeTable: 3,
  ExecuteStatement: 30,
  GetStatementResult: 20,
  GetStatementResultV2: 20,
  ListDatabases: 3,
  ListSchemas: 3,
  ListSessions: 3,
  ListStatements: 3,
  ListTables: 3,
};

/** Rates per operation; operations that are not named are not throttled. */
export type ThrottleRates = Partial<Readonly<Record<DataApiOperation, number>>>;

/**
 * @returns a check that throws a `ThrottlingException` (HTTP 400) for a call beyond its operation's rate
 */
export function createThrottle(rates: ThrottleRates, clock: VirtualClock): (operation: DataApiOperation) => void {
  const buckets = new Map<DataApiOperation, TokenBucket>();
  return (operation) => {
    const rate = rates[operation];
    if (rate === undefined) return;
    let bucket = buckets.get(operation);
    if (bucket === undefined) {
      bucket = new TokenBucket(rate, clock);
      buckets.set(operation, bucket);
    }
    if (!bucket.take()) throw new DataApiError('ThrottlingException', 'Rate exceeded');
  };
}
