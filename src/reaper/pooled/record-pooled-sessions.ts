import pMap from 'p-map';
import type { TargetConfig } from '../../config/slotkeeper-config.ts';
import type { PoolCount } from '../../pool/pool-metrics.ts';
import type { EndReason, PooledSessionRecord } from '../../pool/pooled-session.ts';
import { saveSession } from '../../pool/save-session.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { runActor } from '../run-actor.ts';
import type { RunRef } from '../run-ref.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { observePooledSession } from './observe-pooled-session.ts';
import { saveEnded } from './save-ended.ts';
import type { PoolView } from './view-pool.ts';

const COUNT_OF: Readonly<Record<EndReason, PoolCount | null>> = {
  expired: 'SessionExpired',
  'never-opened': 'SessionExpired',
  invalid: 'SessionInvalid',
  retired: null,
  reaped: null,
};

/**
 * Records what the snapshot shows of the pool's sessions: which backend an idle one owns, and which are no longer
 * there. A session that somebody wrote since it was read is left as it is; the next run looks again.
 */
export async function recordPooledSessions(
  ports: Pick<ReaperPorts, 'pool' | 'poolMetricsOf' | 'now'>,
  run: RunRef,
  target: TargetConfig,
  sessions: readonly PooledSessionRecord[],
  view: PoolView,
): Promise<void> {
  const observation = { began: run.startedAt, at: ports.now().toISOString(), by: runActor(run) };
  const metrics = ports.poolMetricsOf(target);
  await pMap(
    sessions,
    async (record) => {
      const next = observePooledSession(record, view, observation);
      if (next === null) {
        return;
      }
      if (next.endReason === null) {
        await saveSession(ports.pool, next);
        return;
      }
      const count = COUNT_OF[next.endReason];
      if ((await saveEnded(ports.pool, next)) && count !== null) {
        metrics.count(count, record.key.tenant);
      }
    },
    { concurrency: WRITE_CONCURRENCY },
  );
  metrics.flush();
}
