import type { HeldLease, LeaseNeed } from './held-lease.ts';
import { isSameLease } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import { releaseSession } from './lifecycle/release-session.ts';
import { aliveUntil } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import { renewHeld } from './renew-held.ts';
import { retireSession } from './retire-session.ts';
import { saveSession } from './save-session.ts';
import { seeWhoWaits } from './see-who-waits.ts';

/** How a lease came out of its use: fit for the next one, not used at all, or in a state that nobody knows. */
export type LeaseOutcome = 'used' | 'unused' | 'unknown-state';

/** How long those elsewhere who wait have a session to themselves that was given back for them, milliseconds. */
const YIELD_MS = 100;

const QUERY: LeaseNeed = { use: 'query', retireAfter: false, forMs: 0 };

/**
 * What becomes of a lease after its use: handed to the next in line, kept for this instance's next query (no table
 * call), given back to all, or its session retired.
 */
export async function settleLease(
  context: PoolContext,
  pool: KeyPool,
  held: HeldLease,
  outcome: LeaseOutcome,
): Promise<void> {
  const { lease } = held.record;
  const at = nowOf(context);
  if (outcome === 'used') {
    held.aliveUntil = aliveUntil(at, held.record.keepAliveSeconds, context.limits.marginSeconds);
  }
  const why = reasonToRetire(held, outcome, at);
  if (why !== null) {
    await retireSession(context, held.record, why);
    pool.line.wakeFirst();
    return;
  }
  // A look that fails costs nobody the session.
  await seeWhoWaits(context, pool).catch(context.onTrouble);
  const now = context.clock.now().getTime();
  if (lease?.use !== 'query' || now < pool.giveBackUntil || Date.parse(lease.until) <= now) {
    await passOnOrGiveBack(context, pool, held);
    return;
  }
  if (!pool.line.grant(held)) {
    pool.idle.push(held);
  }
}

/** Gives a lease back to all: whoever waits, here or elsewhere, finds the session in the table. */
export async function giveBack(context: PoolContext, pool: KeyPool, held: HeldLease): Promise<void> {
  const { table } = context;
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const { aliveUntil: until, uses, record } = held;
    const released = releaseSession(record, { aliveUntil: until, uses, at: nowOf(context), by: actor(context) });
    if (await saveSession(table, released)) {
      break;
    }
    const stored = await table.readSession(record.key, record.slot);
    if (stored === null || !isSameLease(held, stored)) {
      // It was over and somebody else has it: nothing is left to give back.
      break;
    }
    held.record = stored;
  }
  pool.line.wakeFirst();
}

/** The next in line here gets it, unless others elsewhere wait too: then everybody has the same chance. */
async function passOnOrGiveBack(context: PoolContext, pool: KeyPool, held: HeldLease): Promise<void> {
  if (pool.line.isEmpty) {
    return giveBackToOthers(context, pool, held);
  }
  const now = nowOf(context);
  const { waiting } = await context.table.readPool(pool.key);
  const othersWait = waiting.some((entry) => entry.holder !== context.holder && entry.until > now);
  if (othersWait || !(await renewHeld(context, held, QUERY)) || !pool.line.grant(held)) {
    return giveBackToOthers(context, pool, held);
  }
}

async function giveBackToOthers(context: PoolContext, pool: KeyPool, held: HeldLease): Promise<void> {
  await giveBack(context, pool, held);
  if (pool.othersWait) {
    pool.yieldUntil = context.clock.now().getTime() + YIELD_MS;
  }
}

function reasonToRetire({ record }: HeldLease, outcome: LeaseOutcome, at: string): string | null {
  if (outcome === 'unknown-state') {
    return 'left in an unknown state';
  }
  if (record.lease?.retireAfter === true && outcome === 'used') {
    return 'left with settings or temporary objects';
  }
  return Date.parse(at) >= Date.parse(record.hardEndsAt) ? 'as old as it may become' : null;
}
