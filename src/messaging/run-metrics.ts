import type { RunMetricName } from './metric-names.ts';

/** What a run measured, for alarms and dashboards. */
export interface RunMetrics {
  /**
   * Adds the figures that the run has and flushes them; one that it could not measure is left out, not zero.
   *
   * @param refusal the name of the error by which the run refused to act, where it did
   */
  record(target: string, figures: RunFigures, refusal?: string): void;
}

/** What a run measured; what it did not get to see is missing. */
export type RunFigures = Readonly<Partial<Record<RunMetricName, number>>>;
