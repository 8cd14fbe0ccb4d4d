import { RunLockLost } from './errors/run-lock-lost.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';

/**
 * The fence before every act that others can see.
 *
 * @throws RunLockLost when the lock has expired or another run has it
 */
export async function requireRunLock({ table, now }: Pick<ReaperPorts, 'table' | 'now'>, run: RunRef): Promise<void> {
  const held = await table.holdsRunLock({ target: run.target, runId: run.id, now: now().toISOString() });
  if (!held) {
    throw new RunLockLost(run.target, run.id);
  }
}
