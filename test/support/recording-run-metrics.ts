import type { RunFigures, RunMetrics } from '../../src/messaging/run-metrics.ts';

export interface RecordingRunMetrics extends RunMetrics {
  readonly records: { target: string; figures: RunFigures; refusal?: string }[];
}

/** Metrics that remember what they were given. */
export function createRecordingRunMetrics(): RecordingRunMetrics {
  const records: RecordingRunMetrics['records'] = [];
  return {
    records,
    record(target, figures, refusal) {
      records.push({ target, figures, ...(refusal === undefined ? {} : { refusal }) });
    },
  };
}
