import * as z from 'zod';
import type { Backend } from './backend.ts';
import { readRedshiftSnapshot } from './read-redshift-snapshot.ts';
import type { ResultRow } from './result-row.ts';
import { describeRowProblems, flag, serverTime } from './row-fields.ts';
import type { Snapshot } from './snapshot.ts';
import { SnapshotUnreadable } from './snapshot-unreadable.ts';
import { type ServerlessFindings, weighServerlessEvidence } from './weigh-serverless-evidence.ts';

/** What a workgroup's rows tell beside those of a cluster, and what their evidence is weighed by. */
const findings: z.ZodType<ServerlessFindings> = z.object({
  is_running: flag,
  in_transaction: flag,
  transaction_started_at: serverTime.nullable(),
  statement_ended_at: serverTime.nullable(),
  user_known: flag,
  transactions_shown: flag,
  others_transactions_shown: flag,
  transaction_ended: flag,
});

/**
 * Reads the rows of {@link SERVERLESS_SESSION_SQL}.
 *
 * @throws CanaryFailed when there is no row at all: not even the session that asked
 * @throws SnapshotUnreadable when a row is of another shape, or two rows are the same backend
 */
export function readServerlessSnapshot(rows: readonly ResultRow[], target: string): Snapshot {
  const snapshot = readRedshiftSnapshot(rows, target);
  const backends = snapshot.backends.map((backend, index) => asServerless(backend, readFindings(rows, index, target)));
  return { ...snapshot, backends };
}

function readFindings(rows: readonly ResultRow[], index: number, target: string): ServerlessFindings {
  const parsed = findings.safeParse(rows[index]);
  if (!parsed.success) {
    throw new SnapshotUnreadable(
      `Row ${index + 1} of the session query of workgroup target '${target}' is not of the expected shape: ` +
        `${describeRowProblems(parsed.error)}. Is it the answer to another statement?`,
      { cause: parsed.error },
    );
  }
  return parsed.data;
}

/** The guarded statement compares the user's name, so whose name is not known for certain is left alone. */
function asServerless(backend: Backend, found: ServerlessFindings): Backend {
  const evidence = weighServerlessEvidence(found);
  return found.user_known || backend.activity === 'running'
    ? { ...backend, evidence }
    : { ...backend, activity: 'unknown', evidence };
}
