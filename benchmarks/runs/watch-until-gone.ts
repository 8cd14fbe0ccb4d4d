import { setTimeout as delay } from 'node:timers/promises';
import { WrongResult } from '../harness/wrong-result.ts';
import type { Stage, Victims } from './stage.ts';

/** Sessions that have not gone by then will not go. */
const PATIENCE_MS = 300_000;

/**
 * Waits until a direct connection sees none of the victims any more. It begins to look when their clients have seen their
 * sessions end: looking at thousands of sessions again and again would take the time from those that are measured.
 *
 * @returns when that was, milliseconds of `performance.now()`
 * @throws WrongResult when some stay
 */
export async function watchUntilGone(contender: string, { admin }: Stage, victims: Victims): Promise<number> {
  const stopped = new AbortController();
  const patience = delay(PATIENCE_MS, 'late', { signal: stopped.signal, ref: false });
  const ended = await Promise.race([victims.closed, patience.catch(() => 'stopped')]);
  stopped.abort();
  const deadline = performance.now() + 1_000;
  for (;;) {
    const { rows } = await admin.query<{ left: number }>(
      'select count(*)::int as left from pg_stat_activity where pid = any($1) and usename = $2',
      [[...victims.pids], victims.user],
    );
    const seenAt = performance.now();
    const left = rows[0]?.left ?? Number.NaN;
    if (left === 0) {
      return seenAt;
    }
    if (ended === 'late' || performance.now() > deadline) {
      throw new WrongResult(contender, `to end all of ${victims.pids.size} sessions`, `${left} that are still there`);
    }
  }
}
