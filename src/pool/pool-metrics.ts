import type { PoolCount, PoolDuration } from '../messaging/metric-names.ts';

export type { PoolCount, PoolDuration } from '../messaging/metric-names.ts';

/** Where a pool's figures go. Called in the course of a query: must not throw, must not wait. */
export interface PoolMetrics {
  count(name: PoolCount, tenant: string): void;
  duration(name: PoolDuration, tenant: string, ms: number): void;
}
