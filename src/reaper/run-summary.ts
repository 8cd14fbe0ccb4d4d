import type { RunRecord } from '../session-table/run-record.ts';

/** The output of a finished execution, and the detail of its event: counts and keys, never rows. */
export type RunSummary = Pick<
  RunRecord,
  | 'target'
  | 'startedAt'
  | 'dryRun'
  | 'state'
  | 'planHash'
  | 'counts'
  | 'seen'
  | 'clientsHeld'
  | 'kept'
  | 'notices'
  | 'outcomes'
  | 'unclaimed'
  | 'eventsFailed'
  | 'error'
  | 'finishedAt'
> & { readonly id: string };

/** What is told about a run when it has ended. */
export function summarizeRun(record: RunRecord): RunSummary {
  return {
    target: record.target,
    id: record.runId,
    startedAt: record.startedAt,
    dryRun: record.dryRun,
    state: record.state,
    planHash: record.planHash,
    counts: record.counts,
    ...(record.seen === undefined ? {} : { seen: record.seen }),
    ...(record.clientsHeld === undefined ? {} : { clientsHeld: record.clientsHeld }),
    kept: record.kept,
    notices: record.notices,
    outcomes: record.outcomes,
    unclaimed: record.unclaimed,
    eventsFailed: record.eventsFailed,
    error: record.error,
    finishedAt: record.finishedAt,
  };
}
