import type { RunRecord } from '../session-table/run-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { RunStateMissing } from './errors/run-state-missing.ts';
import type { RunRef } from './run-ref.ts';
import { saveRunRecord } from './save-own.ts';

/**
 * The run's own record.
 *
 * @throws RunStateMissing when the run never began
 */
export async function readRunRecord(table: SessionTable, run: RunRef): Promise<RunRecord> {
  const record = await table.readRun({ target: run.target, runId: run.id, startedAt: run.startedAt });
  if (record === null) {
    throw new RunStateMissing('the run record', run.target, run.id);
  }
  return record;
}

/** Reads the run's record, changes it and saves it as its next version. Only the run's own steps write it, in turn. */
export async function changeRun(
  table: SessionTable,
  run: RunRef,
  change: (record: RunRecord) => Partial<Omit<RunRecord, 'version'>>,
): Promise<RunRecord> {
  const record = await readRunRecord(table, run);
  const next = { ...record, ...change(record), version: record.version + 1 };
  await saveRunRecord(table, next);
  return next;
}
