import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { RunFigures, RunMetrics } from './run-metrics.ts';

/**
 * Run metrics in CloudWatch's embedded metric format: one JSON line on stdout per run, which CloudWatch Logs turns into
 * metrics. The only dimension is `target`, so that an alarm needs to name nothing else; a refusal is counted by its name
 * in a line of its own.
 */
export function createPowertoolsRunMetrics({ namespace }: { namespace: string }): RunMetrics {
  const write = (dimensions: Readonly<Record<string, string>>, figures: RunFigures) => {
    const metrics = new Metrics({ namespace });
    metrics.clearDefaultDimensions();
    metrics.addDimensions({ ...dimensions });
    for (const [name, figure] of Object.entries(figures)) {
      metrics.addMetric(name, MetricUnit.Count, figure);
    }
    metrics.publishStoredMetrics();
  };
  return {
    record(target, figures, refusal) {
      write({ target }, figures);
      if (refusal !== undefined) {
        write({ target, refusal }, { RunRefused: 1 });
      }
    },
  };
}
