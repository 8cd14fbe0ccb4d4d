import type { ExecuteStatementCommand } from '@aws-sdk/client-redshift-data';
import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { SubmitRefused } from './errors/submit-refused.ts';

/**
 * Lets no try of a submission leave after the lease it belongs to, the SDK's own retries included: by then the session
 * may be somebody else's.
 */
export function refuseLateTries(
  command: ExecuteStatementCommand,
  { target, notAfter, now }: { target: string; notAfter: Date; now: () => Date },
): void {
  let tries = 0;
  command.middlewareStack.add(
    (next) => async (args) => {
      tries += 1;
      if (now() > notAfter) {
        // An earlier try may have been taken though its answer was lost.
        throw tries === 1
          ? new SubmitRefused('lease-over', target)
          : new DataApiFailed(
              { operation: 'ExecuteStatement', target, reason: 'LeaseOver' },
              'the lease ended before an answer came; whether the statement ran is not known.',
            );
      }
      return next(args);
    },
    // Low priority: inside the SDK's retries, once per try.
    { step: 'finalizeRequest', priority: 'low', name: 'slotkeeperRefuseLateTries' },
  );
}
