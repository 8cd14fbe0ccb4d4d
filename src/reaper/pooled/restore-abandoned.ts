import pMap from 'p-map';
import type { Snapshot } from '../../backends/snapshot.ts';
import { backendKey } from '../../lifecycle/backend-key.ts';
import type { Plan } from '../../policy/plan.ts';
import { canRestore, drainingOf } from '../../pool/lifecycle/restore-session.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { requireRunLock } from '../require-run-lock.ts';
import { runActor } from '../run-actor.ts';
import type { RunRef } from '../run-ref.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { keyOfRef } from './pooled-ref.ts';
import { restoreDrained } from './restore-drained.ts';
import type { PoolView } from './view-pool.ts';

/**
 * Gives back what an earlier run had drained and did not end, where this run's plan does not end it either: idle, and
 * drained so long ago that the earlier run's statement cannot reach it any more.
 *
 * The lock is asked for after the item was read: if this run still has it then, whoever drained the item has lost it.
 *
 * @throws RunLockLost when another run may be ending these very sessions
 */
export async function restoreAbandoned(
  ports: ReaperPorts,
  run: RunRef,
  plan: Plan,
  snapshot: Snapshot,
  view: PoolView,
): Promise<void> {
  const victims = new Set(
    plan.members.filter(({ action }) => action === 'terminate').map(({ identity }) => backendKey(identity)),
  );
  const draining = snapshot.backends.flatMap((backend) => {
    const standing = view.standings.get(backendKey(backend.identity));
    const isSpared = backend.activity === 'idle' && !victims.has(backendKey(backend.identity));
    return isSpared && standing?.kind === 'draining' ? [standing.session] : [];
  });
  await pMap(
    draining,
    async (session) => {
      const record = await ports.pool.readSession(keyOfRef(run.target, session), session.slot);
      if (record?.id !== session.id || !isAbandoned(record, ports)) {
        return;
      }
      await requireRunLock(ports, run);
      await restoreDrained(ports, record, { why: 'the run that drained it did not end it', by: runActor(run) });
    },
    { concurrency: WRITE_CONCURRENCY },
  );
}

function isAbandoned(record: PooledSessionRecord, { config, now }: ReaperPorts): boolean {
  const drainedAt = Date.parse(drainingOf(record)?.at ?? '');
  return canRestore(record) && now().getTime() - drainedAt >= config.runs.lockFor * 1000;
}
