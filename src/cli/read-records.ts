import type { BackendRecord } from '../lifecycle/backend-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Backends on record that are read at most, those with the newest start: the table is ordered by it. */
export const MOST_BACKENDS = 5_000;
const PAGE = 500;

/** What the table knows of the target's backends, and whether there are more than are read. */
export async function readRecords(
  table: SessionTable,
  target: string,
): Promise<{ readonly records: readonly BackendRecord[]; readonly truncated: boolean }> {
  const records: BackendRecord[] = [];
  let next: string | null = null;
  do {
    const page: Awaited<ReturnType<SessionTable['listBackends']>> = await table.listBackends({
      target,
      limit: PAGE,
      ...(next === null ? {} : { nextToken: next }),
    });
    records.push(...page.items);
    next = page.nextToken;
  } while (next !== null && records.length < MOST_BACKENDS);
  return { records, truncated: next !== null };
}
