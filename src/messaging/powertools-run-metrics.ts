import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunMetrics } from './run-metrics.ts';

/**
 * Run metrics in CloudWatch's embedded metric format: one JSON line on stdout per run, which CloudWatch Logs turns into
 * metrics. The only dimension is `target`, so that an alarm needs to name nothing else.
 */
export function createPowertoolsRunMetrics({ namespace }: { namespace: string }): RunMetrics {
  return {
    record(target, figures) {
      const metrics = new Metrics({ namespace });
      metrics.clearDefaultDimensions();
      metrics.addDimension('target', target);
      for (const [name, figure] of Object.entries(figures)) {
        metrics.addMetric(name, MetricUnit.Count, figure);
      }
      metrics.publishStoredMetrics();
    },
  };
}
