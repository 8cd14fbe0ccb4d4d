import type { PoolClock } from './pool-clock.ts';
import type { PoolLimits } from './pool-limits.ts';
import type { PoolMetrics } from './pool-metrics.ts';
import type { PoolTarget } from './pool-target.ts';
import type { PoolWarehouse } from './pool-warehouse.ts';
import type { SessionPoolTable } from './session-pool-table.ts';

/** What every part of a pool works with. */
export interface PoolContext {
  readonly target: PoolTarget;
  readonly table: SessionPoolTable;
  readonly warehouse: PoolWarehouse;
  readonly limits: PoolLimits;
  readonly clock: PoolClock;
  readonly metrics: PoolMetrics;
  /** From 0 to less than 1. */
  readonly random: () => number;
  /** A new random id, at most 64 characters. */
  readonly newId: () => string;
  /** Random id of this pool instance. */
  readonly holder: string;
  /** Told of what went wrong in giving a session back, where the caller has its result all the same. */
  readonly onTrouble: (error: unknown) => void;
}

/** How this pool instance signs its events. */
export function actor({ holder }: PoolContext): string {
  return `pool:${holder}`;
}

/** The pool's present moment: ISO 8601, UTC. */
export function nowOf({ clock }: PoolContext): string {
  return clock.now().toISOString();
}
