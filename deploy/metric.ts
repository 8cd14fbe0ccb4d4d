import { METRIC_NAMESPACE, type MetricName } from '../src/messaging/metric-names.ts';

/** A series of CloudWatch's. Values of dimensions may be computed by CloudFormation. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly stat: 'Average' | 'Maximum' | 'Minimum' | 'Sum';
}

/** A metric of Slotkeeper's, as its code writes it: the target is the only dimension. */
export const ownMetric = (name: MetricName, target: string, stat: Metric['stat']): Metric => ({
  namespace: METRIC_NAMESPACE,
  name,
  dimensions: { target },
  stat,
});
