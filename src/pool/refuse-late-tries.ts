import type { ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SubmitRefused } from './errors/submit-refused.ts';
import { isRefusal } from './is-refusal.ts';

/**
 * Lets no try of a submission leave after the lease it belongs to, the SDK's own retries included: by then the session
 * may be somebody else's.
 *
 * @returns tells whether a try may have been taken though its answer was lost: a refusal of a later one then does not
 *   say that nothing ran
 */
export function refuseLateTries(
  command: ExecuteStatementCommand,
  { target, notAfter, now }: { target: string; notAfter: Date; now: () => Date },
): () => boolean {
  let mayHaveRun = false;
  command.middlewareStack.add(
    (next) => async (args) => {
      if (now() > notAfter) {
        throw mayHaveRun
          ? new DataApiFailed(
              { operation: 'ExecuteStatement', target, reason: 'LeaseOver' },
              'the lease ended before an answer came; whether the statement ran is not known.',
            )
          : new SubmitRefused('lease-over', target);
      }
      try {
        return await next(args);
      } catch (error) {
        // A try that was answered by a refusal did nothing; one without an answer may have been taken.
        mayHaveRun ||= !isRefusal(error);
        throw error;
      }
    },
    // Low priority: inside the SDK's retries, once per try.
    { step: 'finalizeRequest', priority: 'low', name: 'slotkeeperRefuseLateTries' },
  );
  return () => mayHaveRun;
}
