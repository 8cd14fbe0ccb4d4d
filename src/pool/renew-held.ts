import type { HeldLease, LeaseNeed } from './held-lease.ts';
import { isSameLease } from './held-lease.ts';
import { renewLease } from './lifecycle/renew-lease.ts';
import { plusSeconds } from './lifecycle/session-times.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import type { Lease } from './pooled-session.ts';
import { saveSession } from './save-session.ts';

/** What a lease taken now for this need says. */
export function leaseTerms(
  { limits }: PoolContext,
  need: LeaseNeed,
  at: string,
): Pick<Lease, 'until' | 'use' | 'retireAfter'> {
  return { until: plusSeconds(at, limits.leaseSeconds), use: need.use, retireAfter: need.retireAfter };
}

/**
 * Extends a lease, and writes down what it is used for now. One that somebody wrote to meanwhile, because it was over
 * and its session busy, is still this instance's while holder and fence are.
 *
 * @returns false: it is lost
 */
export async function renewHeld(context: PoolContext, held: HeldLease, need: LeaseNeed): Promise<boolean> {
  const { table } = context;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const at = nowOf(context);
    const terms = leaseTerms(context, need, at);
    const renewed = renewLease(held.record, { ...terms, aliveUntil: held.aliveUntil, uses: held.uses, at });
    if (await saveSession(table, renewed)) {
      held.record = renewed;
      return true;
    }
    const stored = await table.readSession(held.record.key, held.record.slot);
    if (stored === null || !isSameLease(held, stored)) {
      break;
    }
    held.record = stored;
  }
  context.metrics.count('LeaseConflict', held.record.key.tenant);
  return false;
}
