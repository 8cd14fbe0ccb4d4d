import { endPooledSession } from './end-pooled-session.ts';
import { type HeldLease, heldLease, type LeaseNeed } from './held-lease.ts';
import { beginCreating } from './lifecycle/begin-creating.ts';
import { plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { PoolKey } from './pool-key.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';
import { claimTargetSlot, freeTargetSlots, releaseTargetSlotOf } from './target-slots.ts';

/** Seconds within which the submission that opens a session has to leave. */
const CREATION_LEASE_SECONDS = 30;

/** Slots that one look tries to take: after so many that others took meanwhile, what was read is too old. */
const MOST_TRIES = 3;

/**
 * Takes a free slot for a session that is yet to be opened: first the tenant's slot, by a `creating` item that outlives
 * a crash, then one of the target's. The session itself is opened by the statement that runs on it first.
 *
 * @param sessions what the key's slots hold, as just read
 * @returns `null` when the tenant or the target has no slot left, or others were faster
 */
export async function createPooledSession(
  context: PoolContext,
  key: PoolKey,
  sessions: readonly PooledSessionRecord[],
  need: LeaseNeed,
): Promise<HeldLease | null> {
  const { limits } = context;
  const bySlot = new Map(sessions.map((record) => [record.slot, record]));
  const slots = Array.from({ length: limits.maxPerTenant }, (_, slot) => slot).filter((slot) => {
    const record = bySlot.get(slot);
    return record === undefined || record.state === 'ended';
  });
  if (slots.length === 0) {
    return null;
  }
  const freeOfTarget = await freeTargetSlots(context);
  if (freeOfTarget?.length === 0) {
    return null;
  }
  for (let tries = 0; tries < MOST_TRIES && slots.length > 0; tries += 1) {
    // The lowest first; after a conflict any: pools that come at once would all meet at the next one, and the next.
    const [slot = 0] = slots.splice(tries === 0 ? 0 : Math.floor(context.random() * slots.length), 1);
    const previous = bySlot.get(slot) ?? null;
    if (previous !== null && previous.targetSlot !== null) {
      // Its pool may have died between ending it and giving this back.
      await releaseTargetSlotOf(context, previous);
    }
    const record = newRecord(context, key, slot, previous, need);
    if (!(await saveSession(context.table, record))) {
      context.metrics.count('LeaseConflict', key.tenant);
      continue;
    }
    if (freeOfTarget === null) {
      return heldLease(record);
    }
    const targetSlot = await claimTargetSlot(context, record.id, freeOfTarget);
    if (targetSlot !== null) {
      // Written with the session's opening; until then it is found by the record's id.
      return heldLease({ ...record, targetSlot });
    }
    await endPooledSession(context, record, 'never-opened');
    return null;
  }
  return null;
}

function newRecord(
  context: PoolContext,
  key: PoolKey,
  slot: number,
  previous: PooledSessionRecord | null,
  need: LeaseNeed,
): PooledSessionRecord {
  const { limits, random, newId, holder } = context;
  const at = nowOf(context);
  return beginCreating(previous, {
    key,
    slot,
    id: newId(),
    lease: {
      holder,
      until: plusSeconds(at, CREATION_LEASE_SECONDS),
      use: need.use,
      retireAfter: need.retireAfter,
    },
    hardEndsAt: plusSeconds(at, limits.lifetimeSeconds * (1 - limits.jitter * random())),
    keepAliveSeconds: limits.keepAliveSeconds,
    at,
    by: actor(context),
  });
}
