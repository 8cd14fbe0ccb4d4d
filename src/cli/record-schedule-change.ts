import { CHANGES_KEPT, type ScheduleChange, type ScheduleRecord } from '../session-table/schedule-record.ts';
import type { SessionTable } from '../session-table/session-table.ts';
import { VersionConflict } from '../session-table/version-conflict.ts';

/** Two people may pause at once; who loses this often in a row meets a fault. */
const MAX_TRIES = 5;

/**
 * Puts on record that somebody paused or resumed a schedule.
 *
 * @throws VersionConflict when it loses {@link MAX_TRIES} times in a row
 */
export async function recordScheduleChange(
  table: SessionTable,
  target: string,
  change: ScheduleChange,
): Promise<ScheduleRecord> {
  for (let attempt = 1; ; attempt += 1) {
    const before = await table.readSchedule(target);
    const next = {
      target,
      version: (before?.version ?? 0) + 1,
      changes: [...(before?.changes ?? []), change].slice(-CHANGES_KEPT),
    };
    try {
      await table.saveSchedule(next);
      return next;
    } catch (error) {
      if (!(error instanceof VersionConflict) || attempt === MAX_TRIES) {
        throw error;
      }
    }
  }
}
