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
}

/** An error that the service gave before it did anything, such as a ThrottlingException: HTTP 400 to 499. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error && '$metadata' in error)) {
    return false;
  }
  const { $metadata: metadata } = error;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
  return typeof status === 'number' && status >= 400 && status < 500;
}
