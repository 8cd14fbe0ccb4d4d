import type { Snapshot } from '../backends/snapshot.ts';
import { isDataApiTarget, type TargetConfig } from '../config/target-config.ts';
import type { Look } from '../leaks/look.ts';
import { sessionsOfLooks } from '../leaks/sessions-of-looks.ts';
import { checkCanary } from '../policy/check-canary.ts';
import { lookAtPostgres } from '../reaper/look-at-postgres.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import type { CliRuntime } from './cli-runtime.ts';
import { readHistory } from './read-history.ts';
import { readLooks } from './read-looks.ts';
import { takeSnapshot } from './take-snapshot.ts';

/** What there is to tell leaks by. */
export interface LeakEvidence {
  /** The look of now. */
  readonly snapshot: Snapshot;
  /** All looks of the window, that of now included. */
  readonly looks: readonly Look[];
  readonly sessions: ReturnType<typeof sessionsOfLooks>['sessions'];
  /** The window's beginning: as asked for, or where the evidence begins. */
  readonly since: Date;
  /** Whether all sessions of the window are known, as far as their number over time goes. */
  readonly complete: boolean;
  /** The server remembers more sessions than are read. */
  readonly truncated: boolean;
  /** Who remembers ended sessions. */
  readonly history: 'server' | 'looks';
}

/** With two looks, each half of the window has one end only. */
const LOOKS_OF_A_TREND = 3;

/**
 * Looks who holds a session now, and gathers who held one: from the server's own history where it keeps one, as Redshift
 * does, else from what recorded runs have seen.
 *
 * @param seconds how far back
 * @throws CanaryFailed when the database user may not see everyone's sessions
 */
export async function lookForLeaks(
  runtime: CliRuntime,
  table: SessionTable,
  target: TargetConfig,
  seconds: number,
): Promise<LeakEvidence> {
  if (isDataApiTarget(target)) {
    const world = { ...runtime, warehouse: runtime.warehouseOf(target), table };
    const snapshot = believed(await takeSnapshot(world, target), runtime.now());
    const since = new Date(Date.parse(snapshot.takenAt) - seconds * 1000);
    const [{ sessions, truncated }, looks] = await Promise.all([
      readHistory(world, target, seconds),
      readLooks(table, target.name, since),
    ]);
    const complete = !truncated;
    return { snapshot, looks: [...looks, snapshot], sessions, since, complete, truncated, history: 'server' };
  }
  const snapshot = believed(await lookAtPostgres(runtime, target), runtime.now());
  const asked = new Date(Date.parse(snapshot.takenAt) - seconds * 1000);
  const looks = [...(await readLooks(table, target.name, asked)), snapshot];
  const { sessions, since } = sessionsOfLooks(looks);
  const complete = looks.length >= LOOKS_OF_A_TREND;
  return { snapshot, looks, sessions, since: new Date(since ?? asked), complete, truncated: false, history: 'looks' };
}

function believed(snapshot: Snapshot, now: Date): Snapshot {
  const blind = checkCanary(snapshot, now);
  if (blind !== null) {
    throw blind;
  }
  return snapshot;
}
