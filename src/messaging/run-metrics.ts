/** What a run measured, for alarms and dashboards. */
export interface RunMetrics {
  /** Adds the figures that the run has and flushes them; one that it could not measure is left out, not zero. */
  record(target: string, figures: RunFigures): void;
}

/** What a run measured; what it did not get to see is missing. */
export type RunFigures = Readonly<Partial<Record<RunMetricName, number>>>;

/** Names in one place; each is a count. */
export type RunMetricName =
  | 'BackendsSeen'
  | 'BackendsWarned'
  | 'BackendsRecovered'
  | 'BackendsSnoozed'
  | 'BackendsEnded'
  | 'BackendsDenied'
  | 'BackendsStillThere'
  | 'ClientsThrashing'
  | 'NoticesFailed'
  | 'EventsFailed'
  | 'FreeSlots'
  | 'RunFailed';
