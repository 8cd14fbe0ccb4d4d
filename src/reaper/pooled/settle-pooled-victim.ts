import type { Backend } from '../../backends/backend.ts';
import type { Outcome } from '../../lifecycle/outcome.ts';
import type { PlanMember } from '../../policy/plan.ts';
import { endSession } from '../../pool/lifecycle/end-session.ts';
import { drainingOf } from '../../pool/lifecycle/restore-session.ts';
import type { ReaperPorts } from '../reaper-ports.ts';
import { runActor } from '../run-actor.ts';
import type { RunRef } from '../run-ref.ts';
import { keyOfRef } from './pooled-ref.ts';
import { restoreDrained } from './restore-drained.ts';
import { saveEnded } from './save-ended.ts';

/** What the look showed of a claimed victim. */
export interface VictimSettled {
  readonly outcome: Outcome;
  readonly seen: Backend | undefined;
  /** Null: nobody can tell. */
  readonly signalled: boolean | null;
}

/** Who loses this often in a row meets a fault, not a race; the next run sees to the item. */
const MAX_TRIES = 3;

/**
 * Tells the pool what became of a victim that was drained for its end. One that is gone has ended. One that is alive,
 * idle and was certainly never signalled is given back, if this very run has drained it. Any other drains on: a signal, be
 * it that of the run which drained it, may still reach it, so nobody must get it; a later run ends it, or gives it back.
 */
export async function settlePooledVictim(
  ports: ReaperPorts,
  run: RunRef,
  { standing }: PlanMember,
  { outcome, seen, signalled }: VictimSettled,
): Promise<void> {
  if (standing === undefined || standing.kind === 'orphan') {
    return;
  }
  const by = runActor(run);
  const { session } = standing;
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const record = await ports.pool.readSession(keyOfRef(run.target, session), session.slot);
    if (record?.id !== session.id || record.state !== 'draining') {
      return;
    }
    if (outcome !== 'gone' && outcome !== 'already-gone') {
      if (signalled === false && seen?.activity === 'idle' && drainingOf(record)?.by === by) {
        await restoreDrained(ports, record, { why: outcome, by });
      }
      return;
    }
    if (await saveEnded(ports.pool, endSession(record, { reason: 'reaped', at: ports.now().toISOString(), by }))) {
      return;
    }
  }
}
