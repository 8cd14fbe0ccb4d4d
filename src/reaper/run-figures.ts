import type { TargetConfig } from '../config/slotkeeper-config.ts';
import type { RunFigures } from '../messaging/run-metrics.ts';
import { RUN_REFUSALS } from '../policy/refusals.ts';
import type { RunRecord } from '../session-table/run-record.ts';
import { freeSlotsAfter } from './free-slots-after.ts';

/**
 * A run's figures for alarms and dashboards. Without a look at the server there is nothing to say about its backends,
 * so `BackendsSeen` and `FreeSlots` are left out then: zero would read as "all slots taken".
 */
export function runFigures(target: TargetConfig, record: RunRecord, warned: number): RunFigures {
  const { counts, outcomes, notices, eventsFailed } = record;
  const ended = outcomes.gone + outcomes['already-gone'];
  const free = freeSlotsAfter(target.slots, record);
  return {
    ...(counts === null
      ? {}
      : {
          BackendsSeen: counts.backends,
          BackendsRecovered: record.dryRun ? 0 : counts.recovered,
          BackendsSnoozed: record.kept['snoozed'] ?? 0,
        }),
    ...(free === null ? {} : { FreeSlots: free }),
    ...(record.clientsHeld === undefined ? {} : { ClientsThrashing: record.clientsHeld }),
    BackendsWarned: warned,
    BackendsEnded: ended,
    BackendsDenied: outcomes.denied,
    BackendsStillThere: outcomes['still-there'],
    NoticesFailed: notices.failed + (notices.refused ?? 0),
    EventsFailed: eventsFailed,
    ...endFigures(record.state === 'failed' ? record.error : null),
  };
}

/** How a run ended, as figures. @param error why it failed; null: it went well */
export function endFigures(
  error: { readonly name: string } | null,
): Pick<Required<RunFigures>, 'RunFailed' | 'RunRefused'> {
  const refused = refusalOf(error) !== undefined;
  return { RunFailed: error !== null && !refused ? 1 : 0, RunRefused: refused ? 1 : 0 };
}

/** The name of the error by which a run refused to act; undefined: it did not. */
export function refusalOf(error: { readonly name: string } | null): string | undefined {
  return error !== null && RUN_REFUSALS.includes(error.name) ? error.name : undefined;
}
