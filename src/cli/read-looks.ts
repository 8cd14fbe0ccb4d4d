import pMap from 'p-map';
import type { Look } from '../leaks/look.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Recorded looks that are read at most, the newest: each is a few hundred kilobytes where many are idle. */
export const MOST_LOOKS = 100;

/** Runs are asked for their recordings so many at a time. */
const PAGE = 100;
const READ_CONCURRENCY = 8;

/** What the recorded runs of the target saw since then, newest first. */
export async function readLooks(table: SessionTable, target: string, since: Date): Promise<readonly Look[]> {
  const looks: Look[] = [];
  let next: string | null = null;
  do {
    const page: Awaited<ReturnType<SessionTable['listRuns']>> = await table.listRuns({
      target,
      limit: PAGE,
      ...(next === null ? {} : { nextToken: next }),
    });
    const young = page.items.filter((run) => run.startedAt >= since.toISOString());
    const recordings = await pMap(young, ({ runId }) => table.readRecording({ target, runId }), {
      concurrency: READ_CONCURRENCY,
    });
    for (const recording of recordings) {
      if (recording !== null) {
        looks.push({ takenAt: recording.snapshot.takenAt, backends: recording.snapshot.backends });
      }
    }
    next = young.length < page.items.length ? null : page.nextToken;
  } while (next !== null && looks.length < MOST_LOOKS);
  return looks.slice(0, MOST_LOOKS);
}
