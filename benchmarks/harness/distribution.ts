import { max, quantile } from 'simple-statistics';

/** How samples lie, in their own unit. */
export interface Distribution {
  readonly samples: number;
  readonly median: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** @throws RangeError when there is no sample */
export function distributionOf(samples: readonly number[]): Distribution {
  if (samples.length === 0) {
    throw new RangeError('Expected at least one sample, got none.');
  }
  const [median = 0, p95 = 0, p99 = 0] = quantile([...samples], [0.5, 0.95, 0.99]);
  return { samples: samples.length, median, p95, p99, max: max([...samples]) };
}
