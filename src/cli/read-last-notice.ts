import type { SessionTable } from '../session-table/session-table.ts';
import type { ExplainedBackend } from './json/explain-document.ts';

/** Newest runs in which a real one is looked for; the others are dry. */
const RUNS = 20;

/**
 * What the newest real run told an owner, or why it did not.
 *
 * @returns null when it had nothing to tell him, or there was none of late
 */
export async function readLastNotice(
  table: SessionTable,
  target: string,
  owner: string,
): Promise<ExplainedBackend['notice']> {
  const { items } = await table.listRuns({ target, limit: RUNS });
  const run = items.find(({ dryRun }) => !dryRun);
  if (run === undefined) {
    return null;
  }
  const notices = await table.listNotices({ target, runId: run.runId });
  const notice = notices.find((one) => one.owner === owner);
  return notice === undefined ? null : { run: run.runId, state: notice.state, error: notice.error };
}
