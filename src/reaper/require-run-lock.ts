import { RunLockLost } from './errors/run-lock-lost.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';

/** An answer that took longer tells how things were, not how they are. */
const FRESH_MS = 2_000;

/** Who waits this often in a row for an answer is too slow to act. */
const MAX_TRIES = 3;

/**
 * The fence before every act that others can see.
 *
 * A run may be given up, and another one begin, while the answer is on its way; so one that took long is asked for again.
 *
 * @throws RunLockLost when the lock has expired, another run has it, or the table does not tell in time
 */
export async function requireRunLock({ table, now }: Pick<ReaperPorts, 'table' | 'now'>, run: RunRef): Promise<void> {
  for (let attempt = 1; attempt <= MAX_TRIES; attempt += 1) {
    const asked = now();
    const held = await table.holdsRunLock({ target: run.target, runId: run.id, now: asked.toISOString() });
    if (!held) {
      break;
    }
    if (now().getTime() - asked.getTime() <= FRESH_MS) {
      return;
    }
  }
  throw new RunLockLost(run.target, run.id);
}
