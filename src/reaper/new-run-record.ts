import type { RunRecord } from '../session-table/run-record.ts';
import type { RunRef } from './run-ref.ts';

/** The first version of a run's record: nothing seen, nothing done. */
export function newRunRecord(run: RunRef, execution: string): RunRecord {
  return {
    target: run.target,
    runId: run.id,
    startedAt: run.startedAt,
    dryRun: run.dryRun,
    ...(run.apply === undefined ? {} : { apply: run.apply }),
    execution,
    state: 'running',
    version: 1,
    planHash: null,
    counts: null,
    kept: {},
    notices: { sent: 0, failed: 0 },
    outcomes: { gone: 0, 'already-gone': 0, 'busy-again': 0, denied: 0, 'still-there': 0 },
    unclaimed: {},
    eventsFailed: 0,
    error: null,
    finishedAt: null,
  };
}
