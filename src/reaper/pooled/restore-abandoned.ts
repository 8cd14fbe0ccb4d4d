import pMap from 'p-map';
import type { Snapshot } from '../../backends/snapshot.ts';
import { backendKey } from '../../lifecycle/backend-key.ts';
import type { BackendRecord } from '../../lifecycle/backend-record.ts';
import { lastClaimAt } from '../../lifecycle/last-claim-at.ts';
import type { Plan } from '../../policy/plan.ts';
import { canRestore, drainingOf } from '../../pool/lifecycle/restore-session.ts';
import type { PooledSessionRecord } from '../../pool/pooled-session.ts';
import type { KnownBackends } from '../read-known-backends.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { requireRunLock } from '../require-run-lock.ts';
import { runActor } from '../run-actor.ts';
import type { RunRef } from '../run-ref.ts';
import { WRITE_CONCURRENCY } from '../write-concurrency.ts';
import { keyOfRef } from './pooled-ref.ts';
import { restoreDrained } from './restore-drained.ts';
import type { PoolView } from './view-pool.ts';

/**
 * Gives back what earlier runs had drained and did not end, where this run's plan does not end it either: idle, and
 * drained and last claimed so long ago that no earlier run's statement can reach it any more. A run that finds it draining
 * claims it without draining it anew.
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
  known: KnownBackends,
  view: PoolView,
): Promise<void> {
  const victims = new Set(
    plan.members.filter(({ action }) => action === 'terminate').map(({ identity }) => backendKey(identity)),
  );
  const draining = snapshot.backends.flatMap((backend) => {
    const standing = view.standings.get(backendKey(backend.identity));
    const isSpared = backend.activity === 'idle' && !victims.has(backendKey(backend.identity));
    return isSpared && standing?.kind === 'draining' ? [{ backend, session: standing.session }] : [];
  });
  const records = new Map(known.present.map((record) => [backendKey(record.identity), record]));
  await pMap(
    draining,
    async ({ backend, session }) => {
      const record = await ports.pool.readSession(keyOfRef(run.target, session), session.slot);
      const claimed = records.get(backendKey(backend.identity));
      if (record?.id !== session.id || !isAbandoned(record, claimed, ports)) {
        return;
      }
      await requireRunLock(ports, run);
      await restoreDrained(ports, record, { why: 'the run that drained it did not end it', by: runActor(run) });
    },
    { concurrency: WRITE_CONCURRENCY },
  );
}

function isAbandoned(
  record: PooledSessionRecord,
  backend: BackendRecord | undefined,
  { config, now }: ReaperPorts,
): boolean {
  const at = [drainingOf(record)?.at ?? '', backend === undefined ? null : lastClaimAt(backend)];
  const isOver = at.every((one) => one === null || now().getTime() - Date.parse(one) >= config.runs.lockFor * 1000);
  return canRestore(record) && isOver;
}
