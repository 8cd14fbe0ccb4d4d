import * as z from 'zod';
import type { BackendIdentity } from './backend-identity.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, paddedText, serverTime, wholeNumber } from './row-fields.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';

const signalledRow = z.object({
  pid: wholeNumber,
  started_at: serverTime,
  user_name: paddedText,
  signalled: z.union([z.string(), z.number(), z.boolean(), z.null()]).optional(),
});

/** What a server answers that says in so many words that it did not signal. */
const REFUSALS: ReadonlySet<unknown> = new Set([false, 0, '0', 'f', 'false']);

/**
 * Reads the rows of the guarded statement: the backends that passed its guard and were signalled.
 *
 * Redshift documents no return value of `pg_terminate_backend` (AWS page PG_TERMINATE_BACKEND): anything but a plain
 * no, NULL included, counts as signalled. Whether the backend is gone, only a later look tells.
 *
 * @throws SnapshotUnreadable when a row is of another shape
 */
export function readSignalled(rows: readonly ResultRow[], target: string): BackendIdentity[] {
  return rows.flatMap((row, index) => {
    const parsed = signalledRow.safeParse(row);
    if (!parsed.success) {
      throw new SnapshotUnreadable(
        `Row ${index + 1} of the guarded statement of target '${target}' is not of the expected shape: ` +
          `${describeRowProblems(parsed.error)}. Is it the answer to another statement?`,
        { cause: parsed.error },
      );
    }
    const { pid, started_at: startedAt, user_name: user, signalled } = parsed.data;
    return REFUSALS.has(signalled) ? [] : [{ target, pid, startedAt, user }];
  });
}
