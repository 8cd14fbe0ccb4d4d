import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { MACHINE_CLOCK } from '../pacing/machine-clock.ts';
import type { TokenBucketClock } from '../pacing/token-bucket.ts';
import { dataApiTurns } from './data-api-turns.ts';

/**
 * Makes a client keep to its share of the account's rates, {@link dataApiTurns}. Calls wait for their turn; each try of a
 * retried call is one.
 *
 * @param targets how many targets share
 */
export function shareDataApiRates(
  client: RedshiftDataClient,
  targets: number,
  clock: TokenBucketClock = MACHINE_CLOCK,
): void {
  const turn = dataApiTurns(targets, clock);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        await turn(commandName ?? '');
        return await next(args);
      },
    // After the middleware that tries again, which is of the same step.
    { name: 'shareDataApiRates', step: 'finalizeRequest', priority: 'low' },
  );
}
