/**
 * What a tenant's own Lambda needs to share sessions: the pool and its adapters. Everything else of this package is for
 * Slotkeeper's own functions and command line, and may change at any time.
 */

export { SlotkeeperError } from './errors/slotkeeper-error.ts';
export {
  type BufferedPoolMetrics,
  createPowertoolsPoolMetrics,
  type PoolMetricsOptions,
} from './messaging/powertools-pool-metrics.ts';
export { createSessionPool, type SessionPoolOptions } from './pool/create-session-pool.ts';
export { createDataApiPoolWarehouse, type DataApiPoolWarehouseOptions } from './pool/data-api-pool-warehouse.ts';
export { BadRequest } from './pool/errors/bad-request.ts';
export { PoolExhausted } from './pool/errors/pool-exhausted.ts';
export { QueryTimedOut } from './pool/errors/query-timed-out.ts';
export { SessionLost } from './pool/errors/session-lost.ts';
export { StatementFailed } from './pool/errors/statement-failed.ts';
export { TenantUnknown } from './pool/errors/tenant-unknown.ts';
export type { PoolClock } from './pool/pool-clock.ts';
export { DEFAULT_POOL_LIMITS, InvalidPoolLimits, type PoolLimits } from './pool/pool-limits.ts';
export type { PoolCount, PoolDuration, PoolMetrics } from './pool/pool-metrics.ts';
export type { PoolTarget } from './pool/pool-target.ts';
export type { PoolWarehouse, ResultColumn, ResultValue } from './pool/pool-warehouse.ts';
export type * from './pool/session-pool.ts';
export type { SessionPoolTable } from './pool/session-pool-table.ts';
export type { StatementEnded } from './pool/statement-ended.ts';
export {
  createDynamoDbSessionPoolTable,
  type DynamoDbSessionPoolTableOptions,
} from './session-table/dynamodb-session-pool-table.ts';
export { DataApiFailed } from './warehouse/data-api-failed.ts';
