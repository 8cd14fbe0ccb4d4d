import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { PoolMetrics } from '../pool/pool-metrics.ts';
import type { PoolCount, PoolDuration } from './metric-names.ts';

/** Pool metrics that are kept until they are flushed, so that an invocation writes one line per tenant. */
export interface BufferedPoolMetrics extends PoolMetrics {
  /** Writes what was gathered. Call it at the end of each invocation: a frozen container writes nothing. */
  flush(): void;
}

export interface PoolMetricsOptions {
  readonly namespace: string;
  /** Name of the target in slotkeeper.yml; the dimension of every figure. */
  readonly target: string;
  /** Whether each tenant's figures are metrics of their own, too; see docs/tenants.md for what that costs. */
  readonly tenantDimension: boolean;
}

/** A metric of one EMF line has at most 100 values (CloudWatch guide, "Embedded metric format specification"). */
const MAX_VALUES = 100;

interface Gathered {
  readonly counts: Map<PoolCount, number>;
  readonly durations: Map<PoolDuration, number[]>;
}

/**
 * Pool metrics in CloudWatch's embedded metric format. The tenant stands in each line as a plain member, by which logs
 * can be searched; as a dimension it makes as many metrics as there are tenants.
 */
export function createPowertoolsPoolMetrics(options: PoolMetricsOptions): BufferedPoolMetrics {
  const gathered = new Map<string, Gathered>();
  const of = (tenant: string): Gathered => {
    const known = gathered.get(tenant) ?? { counts: new Map(), durations: new Map() };
    gathered.set(tenant, known);
    return known;
  };
  const flushTenant = (tenant: string) => {
    write(options, tenant, of(tenant));
    gathered.delete(tenant);
  };
  return {
    count(name, tenant) {
      const { counts } = of(tenant);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
    duration(name, tenant, ms) {
      const { durations } = of(tenant);
      const values = durations.get(name) ?? [];
      durations.set(name, values);
      values.push(ms);
      if (values.length === MAX_VALUES - 1) {
        flushTenant(tenant);
      }
    },
    flush() {
      for (const tenant of [...gathered.keys()]) {
        flushTenant(tenant);
      }
    },
  };
}

function write(
  { namespace, target, tenantDimension }: PoolMetricsOptions,
  tenant: string,
  { counts, durations }: Gathered,
): void {
  const metrics = new Metrics({ namespace });
  metrics.clearDefaultDimensions();
  metrics.setDefaultDimensions({ target });
  if (tenantDimension) {
    // Two sets: the target alone, for alarms, and the target with the tenant.
    metrics.addDimensions({}).addDimensions({ tenant });
  } else {
    metrics.addMetadata('tenant', tenant);
  }
  for (const [name, count] of counts) {
    metrics.addMetric(name, MetricUnit.Count, count);
  }
  for (const [name, values] of durations) {
    for (const ms of values) {
      metrics.addMetric(name, MetricUnit.Milliseconds, ms);
    }
  }
  metrics.publishStoredMetrics();
}
