import type { TargetConfig } from '../config/slotkeeper-config.ts';
import type { RunFigures } from '../messaging/run-metrics.ts';
import { freeSlots } from '../policy/count-slots.ts';
import type { RunRecord } from '../session-table/run-record.ts';

/**
 * A run's figures for alarms and dashboards. Without a look at the server there is nothing to say about its backends,
 * so `BackendsSeen` and `FreeSlots` are left out then: zero would read as "all slots taken".
 */
export function runFigures(target: TargetConfig, record: RunRecord, warned: number): RunFigures {
  const { counts, outcomes, notices, eventsFailed } = record;
  const ended = outcomes.gone + outcomes['already-gone'];
  // The platform's own sessions take none of the slots that the limit counts.
  const system = record.kept['system'] ?? 0;
  return {
    ...(counts === null
      ? {}
      : {
          BackendsSeen: counts.backends,
          BackendsRecovered: record.dryRun ? 0 : counts.recovered,
          BackendsSnoozed: record.kept['snoozed'] ?? 0,
          FreeSlots: freeSlots(target.slots, counts.backends - system - ended),
        }),
    ...(record.clientsHeld === undefined ? {} : { ClientsThrashing: record.clientsHeld }),
    BackendsWarned: warned,
    BackendsEnded: ended,
    BackendsDenied: outcomes.denied,
    BackendsStillThere: outcomes['still-there'],
    NoticesFailed: notices.failed + (notices.refused ?? 0),
    EventsFailed: eventsFailed,
    RunFailed: record.state === 'failed' ? 1 : 0,
  };
}
