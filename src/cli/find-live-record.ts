import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { snoozeRefusal } from '../lifecycle/snooze-backend.ts';
import { refusalError } from '../reaper/errors/snooze-refused.ts';
import type { SessionTable } from '../session-table/session-table.ts';

/** Most records of one pid that are looked through: servers reuse pids, and the newest come first. */
const MOST = 100;

/** Several sessions on record have the pid and may live: only their start tells them apart. */
export class BackendAmbiguous extends SlotkeeperError {
  constructor(pid: number, starts: readonly string[]) {
    super(
      'BackendAmbiguous',
      `Expected one session with pid ${pid} on record, got ${starts.length}, started ${starts.join(', ')}. Pass --started with one of them.`,
    );
  }
}

/**
 * The recorded session of a pid that can be snoozed.
 *
 * @param started its start (milliseconds since 1970), to the second; null: whichever it is
 * @throws BackendGone, NothingToSnooze when there is none, in the words of the newest
 * @throws BackendAmbiguous
 */
export async function findLiveRecord(
  table: SessionTable,
  target: string,
  pid: number,
  started: number | null,
): Promise<BackendRecord> {
  const { items } = await table.listBackends({ target, pid, limit: MOST });
  const meant = items.filter(({ identity }) => started === null || secondOf(identity.startedAt) === started);
  const live = meant.filter((record) => snoozeRefusal(record, null) === null);
  const [found, another] = live;
  if (another !== undefined) {
    throw new BackendAmbiguous(
      pid,
      live.map(({ identity }) => identity.startedAt),
    );
  }
  if (found === undefined) {
    throw refusalError(pid, snoozeRefusal(meant[0] ?? null, null) ?? 'not-recorded');
  }
  return found;
}

function secondOf(iso: string): number {
  return Math.floor(Date.parse(iso) / 1000) * 1000;
}
