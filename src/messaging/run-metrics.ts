/** What a run measured, for alarms and dashboards. */
export interface RunMetrics {
  /** Adds the run's figures and flushes them. */
  record(target: string, figures: Readonly<Record<RunMetricName, number>>): void;
}

/** Names in one place; each is a count. */
export type RunMetricName =
  | 'BackendsSeen'
  | 'BackendsWarned'
  | 'BackendsRecovered'
  | 'BackendsEnded'
  | 'BackendsDenied'
  | 'BackendsStillThere'
  | 'NoticesFailed'
  | 'EventsFailed'
  | 'FreeSlots'
  | 'RunFailed';
