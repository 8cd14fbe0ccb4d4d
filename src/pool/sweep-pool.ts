import { releaseSession } from './lifecycle/release-session.ts';
import { plusSeconds } from './lifecycle/session-times.ts';
import { actor, nowOf, type PoolContext } from './pool-context.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { saveSession } from './save-session.ts';
import type { SweepReport } from './session-pool.ts';
import { TARGET_SLOT_SECONDS } from './target-slots.ts';
import { aliveIfSeenIdle, tidySessions } from './tidy-sessions.ts';

/** A slot's session shows in the index long before this; a slot that is older and without one belongs to nobody. */
const ORPHAN_SECONDS = 600;

/** Looks after the sessions of the target's tenants; see `SessionPool.sweep`. */
export async function sweepPool(
  context: PoolContext,
  admits: (tenant: string) => boolean = () => true,
): Promise<SweepReport> {
  const { table, target } = context;
  const live = await table.listLiveSessions(target.name);
  let released = 0;
  let failed = 0;
  const own = live.filter(({ key }) => admits(key.tenant));
  for (const { key } of new Map(own.map((record) => [JSON.stringify(record.key), record])).values()) {
    // The index may lag: what is acted on is read from the items themselves.
    const { sessions } = await table.readPool(key);
    const { free, trouble } = await tidySessions(context, sessions, Number.POSITIVE_INFINITY);
    failed += trouble === null ? 0 : 1;
    for (const record of free) {
      released += (await release(context, record)) ? 1 : 0;
    }
  }
  // Sessions of all tenants hold slots of the target.
  return { seen: own.length, released, slotsFreed: await freeOrphanedSlots(context, live), failed };
}

/** A session that was seen idle with a lease that is over. */
async function release(context: PoolContext, record: PooledSessionRecord): Promise<boolean> {
  if (record.state !== 'leased') {
    return false;
  }
  const at = nowOf(context);
  const aliveUntil = aliveIfSeenIdle(context, record, at);
  const released = releaseSession(record, { aliveUntil, uses: record.uses, at, by: actor(context) });
  return saveSession(context.table, released);
}

async function freeOrphanedSlots(context: PoolContext, live: readonly PooledSessionRecord[]): Promise<number> {
  const { table, target } = context;
  const known = new Set(live.map(({ id }) => id));
  const before = plusSeconds(nowOf(context), TARGET_SLOT_SECONDS - ORPHAN_SECONDS);
  const orphans = (await table.readTargetSlots(target.name)).filter(
    (slot) => !known.has(slot.holder) && slot.until < before,
  );
  for (const slot of orphans) {
    await table.releaseTargetSlot(slot);
  }
  return orphans.length;
}
