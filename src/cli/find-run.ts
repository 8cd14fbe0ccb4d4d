import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';

const PAGE = 100;

/** The session table has no run of that id for the target. */
export class RunNotRecorded extends SlotkeeperError {
  /** @param where options that name the target, see `whereAgain` */
  constructor(target: string, runId: string, where: string) {
    super(
      'RunNotRecorded',
      `No run "${runId}" is recorded for target ${target}. List the newest with: slotkeeper history ${where}. ` +
        'Runs are kept as long as runs.retention says.',
    );
  }
}

/**
 * Looks a run up by its id alone. Runs are keyed by their start, so this reads from the newest on; the run that was
 * just started is on the first page.
 *
 * @returns null when the table does not have it
 */
export async function findRun(table: SessionTable, target: string, runId: string): Promise<RunRecord | null> {
  let nextToken: string | null = null;
  do {
    const page: { items: readonly RunRecord[]; nextToken: string | null } = await table.listRuns({
      target,
      limit: PAGE,
      ...(nextToken === null ? {} : { nextToken }),
    });
    const found = page.items.find((run) => run.runId === runId);
    if (found !== undefined) {
      return found;
    }
    nextToken = page.nextToken;
  } while (nextToken !== null);
  return null;
}
