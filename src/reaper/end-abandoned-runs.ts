import { VersionConflict } from '../session-table/version-conflict.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import type { RunRef } from './run-ref.ts';

/** A run begins by ending those before it, so more than a few open ones do not pile up. */
const RUNS_LOOKED_AT = 20;

/**
 * Closes the records of earlier runs that died (a crash, a timed-out or stopped execution). Only the holder of the
 * target's lock calls this: whoever else is still on record as running has lost it.
 */
export async function endAbandonedRuns({ table, now }: ReaperPorts, run: RunRef): Promise<void> {
  const { items } = await table.listRuns({ target: run.target, limit: RUNS_LOOKED_AT });
  const abandoned = items.filter((record) => record.state === 'running' && record.runId !== run.id);
  for (const record of abandoned) {
    try {
      await table.saveRun({
        ...record,
        version: record.version + 1,
        state: 'failed',
        error: {
          name: 'RunAbandoned',
          message: `The run stopped without a word, and its lock expired; run ${run.id} found it so. Look at its execution.`,
        },
        finishedAt: now().toISOString(),
      });
    } catch (error) {
      // It has ended itself in the meantime, which is what this is for.
      if (!(error instanceof VersionConflict)) {
        throw error;
      }
    }
  }
}
