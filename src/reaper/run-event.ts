import type { DomainEvent } from '../messaging/event-publisher.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import { summarizeRun } from './run-summary.ts';

/** The fact that a run has ended, one way or the other. */
export function runEvent(type: 'Run Finished' | 'Run Failed', record: RunRecord): DomainEvent {
  return {
    type,
    id: `${record.target}/run/${record.startedAt}/${record.runId}`,
    at: record.finishedAt ?? record.startedAt,
    detail: { ...summarizeRun(record) },
  };
}
