import type { DataApiContext } from './data-api-context.ts';
import { DataApiError } from './data-api-error.ts';
import { isTerminal, type Statement } from './statement.ts';

/**
 * Waits until a statement has ended, `seconds` of the cloud's clock have passed, or the caller has hung up. Without
 * `seconds` it does not wait.
 *
 * @throws {DataApiError} ActiveWaitingRequestsExceededException where a quota says so (text: a guess)
 */
export async function waitForEnd(
  statement: Statement,
  seconds: number | undefined,
  context: Pick<DataApiContext, 'alarms' | 'quotas'>,
  hungUp?: AbortSignal,
): Promise<void> {
  if (seconds === undefined || isTerminal(statement.status)) return;
  if (statement.waiters >= context.quotas.waitingRequests) {
    throw new DataApiError(
      'ActiveWaitingRequestsExceededException',
      'Number of active waiting requests for this statement has been exceeded.',
    );
  }
  const over = new AbortController();
  const signal = hungUp === undefined ? over.signal : AbortSignal.any([over.signal, hungUp]);
  statement.waiters += 1;
  try {
    await Promise.race([statement.ended, context.alarms.after(seconds * 1000, signal)]);
  } finally {
    statement.waiters -= 1;
    over.abort();
  }
}
