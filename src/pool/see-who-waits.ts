import type { KeyPool } from './key-pool.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import type { PoolState } from './session-pool-table.ts';

/** How long an instance that keeps sessions of a full pool goes without a look at who waits for them, milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Takes note of what the table shows: whether instances elsewhere wait, and whether they might soon, since the tenant has
 * no session left to open.
 */
export function noteWhoWaits(context: PoolContext, pool: KeyPool, { sessions, waiting }: PoolState): void {
  const now = nowOf(context);
  pool.othersWait = waiting.some((entry) => entry.holder !== context.holder && entry.until > now);
  if (pool.othersWait) {
    pool.giveBackUntil = Date.parse(now) + context.limits.leaseSeconds * 1_000;
  }
  const taken = sessions.filter(({ state }) => state !== 'ended' && state !== 'available').length;
  // With the one that this instance is about to take.
  const isFull = taken + 1 >= context.limits.maxPerTenant;
  pool.lookAgainAt = isFull ? Date.parse(now) + LOOK_AGAIN_MS : null;
}

/**
 * Looks at the table where the pool may be full. Who uses a kept lease asks the table nothing, and would keep those that
 * came later waiting until its lease is over.
 */
export async function seeWhoWaits(context: PoolContext, pool: KeyPool): Promise<void> {
  const now = context.clock.now().getTime();
  if (pool.lookAgainAt !== null && now >= pool.lookAgainAt) {
    // Put off before the answer is there: others that settle meanwhile need not ask too.
    pool.lookAgainAt = now + LOOK_AGAIN_MS;
    noteWhoWaits(context, pool, await context.table.readPool(pool.key));
  }
}
