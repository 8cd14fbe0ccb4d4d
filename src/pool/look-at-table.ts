import { createPooledSession } from './create-pooled-session.ts';
import { type HeldLease, heldLease, isSameLease, type LeaseNeed } from './held-lease.ts';
import type { KeyPool } from './key-pool.ts';
import { leaseSession } from './lifecycle/lease-session.ts';
import { isUsable } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { leaseTerms, renewHeld } from './renew-held.ts';
import { saveSession } from './save-session.ts';
import { noteWhoWaits } from './see-who-waits.ts';
import { aliveIfSeenIdle, tidySessions } from './tidy-sessions.ts';

/**
 * Sessions that one look tries to claim. A claim that others were faster with says that what was read is old: when many
 * look at once, trying on costs each of them two calls per session, where reading again later costs one for all.
 */
const MOST_CLAIMS = 3;

/**
 * Tries to get a lease by way of the table: one that this instance has and that ran out, an available session, one
 * whose holder died, a new one. One read and one write where there is an idle session.
 *
 * @returns `null`: there is none to be had at present
 */
export async function lookAtTable(context: PoolContext, pool: KeyPool, need: LeaseNeed): Promise<HeldLease | null> {
  const state = await context.table.readPool(pool.key);
  const now = nowOf(context);
  noteWhoWaits(context, pool, state);
  const first =
    (await renewOwn(context, pool, state.sessions, need)) ??
    (await claim(context, state.sessions, need, pool.othersWait));
  if (first !== null) {
    return first;
  }
  const { free, changed, trouble } = await tidySessions(context, state.sessions);
  pool.trouble = trouble;
  const second = await claimAny(context, free, need, MOST_CLAIMS);
  if (second !== null) {
    return second;
  }
  if (Date.parse(now) < pool.createNothingUntil) {
    return null;
  }
  const sessions = changed ? (await context.table.readPool(pool.key)).sessions : state.sessions;
  const created = await createPooledSession(context, pool.key, sessions, need);
  if (created !== null) {
    // Many may have come with this one and got nothing; while the session is opened they begin to wait.
    pool.lookAgainAt = Date.parse(now);
  }
  return created;
}

/** Kept leases that the table shows in other hands are forgotten; one that is still ours and usable is renewed. */
async function renewOwn(
  context: PoolContext,
  pool: KeyPool,
  sessions: readonly PooledSessionRecord[],
  need: LeaseNeed,
): Promise<HeldLease | null> {
  for (const kept of pool.idle.splice(0)) {
    const stored = sessions.find((record) => record.slot === kept.record.slot);
    if (stored === undefined || stored.version <= kept.record.version) {
      // As we know it, or this instance wrote it after the table was read.
      pool.idle.push(kept);
    } else if (isSameLease(kept, stored)) {
      pool.idle.push({ ...kept, record: stored });
    }
  }
  for (;;) {
    const at = nowOf(context);
    const own = pool.takeIdle(({ record, aliveUntil }) =>
      isUsable({ ...record, aliveUntil }, at, need.forMs, context.limits.marginSeconds),
    );
    if (own === null) {
      return null;
    }
    if (await renewHeld(context, own, need)) {
      return own;
    }
  }
}

/**
 * The session used last first, so that those which are not needed expire; after a conflict any other. While others wait
 * all are needed: any one, so that not everybody wants the same.
 */
async function claim(
  context: PoolContext,
  sessions: readonly PooledSessionRecord[],
  need: LeaseNeed,
  othersWait: boolean,
): Promise<HeldLease | null> {
  const at = nowOf(context);
  const available = sessions
    .filter((record) => record.state === 'available' && isUsable(record, at, need.forMs, context.limits.marginSeconds))
    .sort((a, b) => Date.parse(b.aliveUntil) - Date.parse(a.aliveUntil));
  const [best, ...others] = available;
  if (best === undefined || othersWait) {
    return claimAny(context, available, need, MOST_CLAIMS);
  }
  return (await claimAny(context, [best], need, 1)) ?? claimAny(context, others, need, MOST_CLAIMS - 1);
}

async function claimAny(
  context: PoolContext,
  candidates: readonly PooledSessionRecord[],
  need: LeaseNeed,
  most: number,
): Promise<HeldLease | null> {
  const left = [...candidates];
  for (let claims = 0; claims < most && left.length > 0; claims += 1) {
    const [record] = left.splice(Math.floor(context.random() * left.length), 1);
    if (record === undefined) {
      break;
    }
    const at = nowOf(context);
    const lease = { holder: context.holder, ...leaseTerms(context, need, at) };
    const seen = record.state === 'leased' ? { aliveUntil: aliveIfSeenIdle(context, record, at) } : {};
    const leased = leaseSession(record, { lease, ...seen, at, by: actor(context) });
    if (await saveSession(context.table, leased)) {
      return heldLease(leased);
    }
    context.metrics.count('LeaseConflict', record.key.tenant);
  }
  return null;
}
