import { PoolExhausted } from './errors/pool-exhausted.ts';
import type { HeldLease, LeaseNeed } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import { isUsable } from './lifecycle/session-times.ts';
import { lookAtTable } from './look-at-table.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import { renewHeld } from './renew-held.ts';
import { settleLease } from './settle-lease.ts';
import type { Place, WakeReason } from './wait-line.ts';

/** A submission has to leave within its lease: with less of it left, the lease is renewed first. */
export const LEAST_LEASE_MS = 1_000;

/** Pause between looks of the first in line, milliseconds. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Gets the lease of a session for one caller: the one that this instance keeps (no table call), one by way of the
 * table, or the next that becomes free while it waits in line.
 *
 * @throws PoolExhausted when none became free within the wait
 */
export async function acquireLease(context: PoolContext, pool: KeyPool, need: LeaseNeed): Promise<HeldLease> {
  const started = context.clock.now().getTime();
  const lease = (await withoutWaiting(context, pool, need)) ?? (await inLine(context, pool, need, started));
  context.metrics.duration('PoolWait', pool.key.tenant, context.clock.now().getTime() - started);
  return lease;
}

async function withoutWaiting(context: PoolContext, pool: KeyPool, need: LeaseNeed): Promise<HeldLease | null> {
  const kept = await takeKept(context, pool, need);
  if (kept !== null || !pool.line.isEmpty) {
    return kept;
  }
  await letOthersFirst(context, pool);
  return pool.exclusively(async () =>
    // Others had their look meanwhile: there may be a kept lease now, or a line to join.
    pool.line.isEmpty ? ((await takeKept(context, pool, need)) ?? lookAtTable(context, pool, need)) : null,
  );
}

/** Who gave a session back and asks again at once would be there before all who wait, time after time. */
async function letOthersFirst({ clock }: PoolContext, { yieldUntil }: KeyPool): Promise<void> {
  const left = yieldUntil - clock.now().getTime();
  if (left > 0) {
    await clock.sleep(left, new AbortController().signal);
  }
}

/** A kept lease, if nobody waits for one; it is written to only where this need differs from what it says. */
async function takeKept(context: PoolContext, pool: KeyPool, need: LeaseNeed): Promise<HeldLease | null> {
  while (pool.line.isEmpty) {
    const kept = pool.takeIdle((lease) => isFit(context, lease, need));
    if (kept === null || (await agree(context, kept, need))) {
      return kept;
    }
  }
  return null;
}

function isFit(context: PoolContext, { record, aliveUntil }: HeldLease, need: LeaseNeed): boolean {
  const at = nowOf(context);
  return (
    record.lease !== null &&
    Date.parse(record.lease.until) - Date.parse(at) > LEAST_LEASE_MS &&
    isUsable({ ...record, aliveUntil }, at, need.forMs, context.limits.marginSeconds)
  );
}

/** Whether the lease says what it is used for, by a write where it says something else. */
async function agree(context: PoolContext, held: HeldLease, need: LeaseNeed): Promise<boolean> {
  const { lease } = held.record;
  return (lease?.use === need.use && lease.retireAfter === need.retireAfter) || renewHeld(context, held, need);
}

async function inLine(context: PoolContext, pool: KeyPool, need: LeaseNeed, started: number): Promise<HeldLease> {
  const { clock, limits } = context;
  const deadline = started + limits.waitSeconds * 1_000;
  pool.pauseMs = pool.line.isEmpty ? FIRST_PAUSE_MS : pool.pauseMs;
  const place = pool.line.join();
  try {
    for (;;) {
      const left = deadline - clock.now().getTime();
      if (left <= 0) {
        throw exhausted(context, pool);
      }
      const isFirst = pool.line.isFirst(place);
      if (isFirst) {
        await announce(context, pool, deadline);
      }
      const reason = await sleepUntilWoken(
        context,
        place,
        isFirst ? Math.min(left, pool.pauseMs * (0.5 + context.random())) : left,
      );
      const lease = await takeGranted(context, pool, place, need);
      if (lease !== null) {
        return lease;
      }
      if (pool.line.isFirst(place) && reason !== 'first') {
        const found = await pool.exclusively(() => lookAtTable(context, pool, need));
        if (found !== null) {
          return found;
        }
        pool.pauseMs = Math.min(pool.pauseMs * 1.6, LONGEST_PAUSE_MS);
      }
    }
  } finally {
    await leaveLine(context, pool, place);
  }
}

/**
 * Tells others that this instance waits, unless the table says so already. Whoever is first waits on after one who was
 * handed a lease, so it is said for longer than one of them waits: not once for each.
 */
async function announce({ clock, holder, limits, table }: PoolContext, pool: KeyPool, deadline: number): Promise<void> {
  const now = clock.now().getTime();
  const longest = limits.waitSeconds * 1_000;
  if (pool.announcedUntil < Math.min(deadline, now + longest / 2)) {
    pool.announcedUntil = now + longest;
    await table.joinLine(pool.key, { holder, until: new Date(pool.announcedUntil).toISOString() });
  }
}

async function leaveLine(context: PoolContext, pool: KeyPool, place: Place): Promise<void> {
  const unused = pool.line.leave(place);
  if (unused !== null) {
    await settleLease(context, pool, unused, 'unused');
  }
  if (pool.line.isEmpty && pool.announcedUntil > 0) {
    pool.announcedUntil = 0;
    await context.table.leaveLine(pool.key, context.holder);
  }
}

async function sleepUntilWoken({ clock }: PoolContext, place: Place, ms: number): Promise<WakeReason | 'time'> {
  const woken = new AbortController();
  const reason = await Promise.race([place.woken(), clock.sleep(ms, woken.signal).then(() => 'time' as const)]);
  woken.abort();
  return reason;
}

async function takeGranted(
  context: PoolContext,
  pool: KeyPool,
  place: Place,
  need: LeaseNeed,
): Promise<HeldLease | null> {
  const lease = place.take();
  if (lease === null) {
    return null;
  }
  const left = Date.parse(lease.record.lease?.until ?? '') - context.clock.now().getTime();
  if (left > LEAST_LEASE_MS ? await agree(context, lease, need) : await renewHeld(context, lease, need)) {
    return lease;
  }
  pool.line.rejoin(place);
  return null;
}

function exhausted({ limits, target }: PoolContext, pool: KeyPool): PoolExhausted {
  return new PoolExhausted(
    `No session of tenant ${pool.key.tenant} on target ${target.name} became free within ${limits.waitSeconds} s (at most ${limits.maxPerTenant} for the tenant, ${limits.maxPerTarget ?? 'no bound'} for the target).`,
    pool.trouble === null ? {} : { cause: pool.trouble },
  );
}
