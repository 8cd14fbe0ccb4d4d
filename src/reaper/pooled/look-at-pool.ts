import type { Snapshot } from '../../backends/snapshot.ts';
import { isPooled } from '../../config/pool-config.ts';
import type { TargetConfig } from '../../config/slotkeeper-config.ts';
import { clockDifference } from '../../policy/clock-difference.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import type { SessionPoolTable } from '../../pool/session-pool-table.ts';
import { readPooledSessions } from './read-pooled-sessions.ts';
import { type PoolView, viewPool } from './view-pool.ts';

/** What the table says of a target's pool, and how that looks beside a snapshot. */
export interface PoolSeen {
  readonly sessions: readonly PooledSessionRecord[];
  readonly view: PoolView;
}

/** Reads the pool's items after a snapshot was taken, and maps its backends to them. */
export async function lookAtPool(
  pool: SessionPoolTable,
  target: TargetConfig,
  snapshot: Snapshot,
  now: () => Date,
): Promise<PoolSeen> {
  const sessions = await readPooledSessions(pool, target, snapshot.backends);
  const at = now();
  const view = viewPool({
    backends: snapshot.backends,
    sessions,
    pool: isPooled(target) ? target.pool : null,
    clockDifference: clockDifference(snapshot, at),
    at: at.toISOString(),
  });
  return { sessions, view };
}
