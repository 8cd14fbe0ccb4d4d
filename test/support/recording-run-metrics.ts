import type { RunFigures, RunMetrics } from '../../src/messaging/run-metrics.ts';

export interface RecordingRunMetrics extends RunMetrics {
  readonly records: { target: string; figures: RunFigures }[];
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
