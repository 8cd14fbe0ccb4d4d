import type { PoolMetrics } from '../../src/pool/pool-metrics.ts';

/** Pool metrics that remember what was counted. */
export interface RecordingPoolMetrics extends PoolMetrics {
  /** `<name> <tenant>`, in order. */
  readonly counted: string[];
  flush(): void;
}

export function createRecordingPoolMetrics(): RecordingPoolMetrics {
  const counted: string[] = [];
  return {
    counted,
    count: (name, tenant) => void counted.push(`${name} ${tenant}`),
    duration: (name, tenant) => void counted.push(`${name} ${tenant}`),
    flush: () => undefined,
  };
}
