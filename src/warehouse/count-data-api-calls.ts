import type { RedshiftDataClient } from '@aws-sdk/client-redshift-data';

/**
 * Counts the calls that a client makes, each try of a retried one.
 *
 * @returns takes the count: how many there were since it was taken last
 */
export function countDataApiCalls(client: RedshiftDataClient): () => number {
  let calls = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      calls += 1;
      return await next(args);
    },
    // After the middleware that tries again, which is of the same step.
    { name: 'countDataApiCalls', step: 'finalizeRequest', priority: 'low' },
  );
  return () => {
    const taken = calls;
    calls = 0;
    return taken;
  };
}
