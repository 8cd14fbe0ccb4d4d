import type { RunMetricName, RunMetrics } from '../../src/messaging/run-metrics.ts';

export interface RecordingRunMetrics extends RunMetrics {
  readonly records: { target: string; figures: Readonly<Record<RunMetricName, number>> }[];
}

/** Metrics that remember what they were given. */
export function createRecordingRunMetrics(): RecordingRunMetrics {
  const records: RecordingRunMetrics['records'] = [];
  return {
    records,
    record(target, figures) {
      records.push({ target, figures });
    },
  };
}
