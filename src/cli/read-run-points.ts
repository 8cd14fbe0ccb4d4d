import type { RunPoint } from '../leaks/run-point.ts';
import { freeSlots } from '../policy/count-slots.ts';
import type { Slots } from '../policy/slots.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Runs that are read at most, the newest: one every ten minutes for two weeks. */
export const MOST_RUNS = 2_000;
const PAGE = 500;

/**
 * What the runs since then saw and did, newest first. Those that came to no plan are left out.
 *
 * @param slots of the target as it is configured now: run records do not keep them
 */
export async function readRunPoints(
  table: SessionTable,
  target: string,
  slots: Slots,
  since: Date,
): Promise<readonly RunPoint[]> {
  const points: RunPoint[] = [];
  let read = 0;
  let next: string | null = null;
  do {
    const page: Awaited<ReturnType<SessionTable['listRuns']>> = await table.listRuns({
      target,
      limit: PAGE,
      ...(next === null ? {} : { nextToken: next }),
    });
    const young = page.items.filter((run) => run.startedAt >= since.toISOString());
    for (const { runId, startedAt, dryRun, counts, kept, outcomes } of young) {
      if (counts !== null) {
        const { backends, keep, warn, terminate } = counts;
        const free = freeSlots(slots, backends - (kept['system'] ?? 0));
        points.push({
          ...{ run: runId, at: startedAt, dryRun, backends, kept: keep, warn, free },
          kill: terminate,
          gone: outcomes.gone,
        });
      }
    }
    read += page.items.length;
    next = young.length < page.items.length ? null : page.nextToken;
  } while (next !== null && read < MOST_RUNS);
  return points;
}
