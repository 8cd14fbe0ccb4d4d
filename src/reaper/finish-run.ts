import * as z from 'zod';
import { readRunRecord } from './change-run.ts';
import { findTarget } from './find-target.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runEvent } from './run-event.ts';
import { runFigures } from './run-figures.ts';
import { runRefShape } from './run-ref.ts';
import { readRunReport } from './run-report.ts';
import { type RunSummary, summarizeRun } from './run-summary.ts';
import { saveRunRecord } from './save-own.ts';
import { tellUnreachable } from './tell-unreachable.ts';

export const finishRunInput = z.strictObject({ run: runRefShape });

/**
 * Ends a run that went well: what it did goes on record and to the event bus, its figures to the metrics, and the lock
 * is given back. A repeated step tells nobody anew once the run is on record as succeeded.
 */
export function createFinishRun(ports: ReaperPorts) {
  const { config, table, events, metrics, now } = ports;
  return async ({ run }: z.infer<typeof finishRunInput>): Promise<RunSummary> => {
    let record = await readRunRecord(table, run);
    if (record.state !== 'succeeded') {
      const report = await readRunReport(ports, run);
      const { notices, outcomes } = report;
      const finishedAt = now().toISOString();
      const unreachable = await tellUnreachable(ports, run, report.unreachable);
      const finished = {
        ...record,
        ...unreachable,
        state: 'succeeded' as const,
        notices,
        outcomes,
        error: null,
        finishedAt,
      };
      const { failed } = await events.publish([...report.events, runEvent('Run Finished', finished)]);
      record = { ...finished, eventsFailed: record.eventsFailed + failed, version: record.version + 1 };
      await saveRunRecord(table, record);
      metrics.record(run.target, runFigures(findTarget(config, run.target), record, report.warned));
    }
    await table.releaseRunLock({ target: run.target, runId: run.id });
    return summarizeRun(record);
  };
}
