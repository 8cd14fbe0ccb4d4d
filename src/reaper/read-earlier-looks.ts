import type { EarlierLook } from '../policy/check-sanity.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import type { RunRef } from './run-ref.ts';

/** Some runs never come to look; so many more are read. */
const RUNS_PER_LOOK = 2;

/** What the runs before this one saw of the target, newest first, at most so many. */
export async function readEarlierLooks(table: SessionTable, run: RunRef, atMost: number): Promise<EarlierLook[]> {
  const { items } = await table.listRuns({ target: run.target, limit: atMost * RUNS_PER_LOOK + 1 });
  return items
    .filter((record) => record.runId !== run.id)
    .flatMap(toLook)
    .slice(0, atMost);
}

function toLook({ seen, counts, dryRun, error }: RunRecord): EarlierLook[] {
  const backends = seen?.backends ?? counts?.backends;
  if (backends === undefined) {
    return [];
  }
  return [{ backends, ended: dryRun ? 0 : (counts?.terminate ?? 0), believed: error?.name !== 'SnapshotAnomalous' }];
}
