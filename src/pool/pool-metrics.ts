/** Things that are counted. A hit is a statement on a session that was there, a miss one that had to open it. */
export type PoolCount =
  | 'SessionHit'
  | 'SessionMiss'
  | 'SessionCreated'
  | 'SessionExpired'
  | 'SessionInvalid'
  | 'LeaseConflict';

/** Durations, milliseconds. */
export type PoolDuration = 'PoolWait' | 'StatementTime';

/** Where a pool's figures go. Called in the course of a query: must not throw, must not wait. */
export interface PoolMetrics {
  count(name: PoolCount, tenant: string): void;
  duration(name: PoolDuration, tenant: string, ms: number): void;
}
