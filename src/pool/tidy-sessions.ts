import { DataApiFailed } from '../warehouse/data-api-failed.ts';
import { endPooledSession } from './end-pooled-session.ts';
import { drainingOf } from './lifecycle/restore-session.ts';
import { aliveUntil, isGone, isLeaseOver } from './lifecycle/session-times.ts';
import { nowOf, type PoolContext } from './pool-context.ts';
import type { PooledSessionRecord } from './pooled-session.ts';
import { isCreationOverdue, mayShare, resolveCreation } from './resolve-creation.ts';
import { retireSession } from './retire-session.ts';
import { verifySession } from './verify-session.ts';

/** Looks at the server that a caller spends on tidying: ListSessions may be allowed as seldom as 3 times a second (no page says). */
export const LOOKS_IN_PASSING = 3;

/** What tidying came to. */
export interface Tidied {
  /** Sessions that are idle on the server and may be leased now: available ones, or with a lease that is over. */
  readonly free: readonly PooledSessionRecord[];
  /** Whether anything was changed, so that the table is worth another read. */
  readonly changed: boolean;
  /** A look that the service did not answer; the others went on. */
  readonly trouble: DataApiFailed | null;
}

/**
 * Puts right what died: ends sessions whose time is over, looks after leases whose holder did not come back, finds the
 * session of a creation that was not finished, and sees whether draining sessions have gone.
 *
 * @param sessions what the key's slots hold, as just read; they are taken in random order, which spreads the looks of several pools
 * @param most looks at the server
 */
export async function tidySessions(
  context: PoolContext,
  sessions: readonly PooledSessionRecord[],
  most = LOOKS_IN_PASSING,
): Promise<Tidied> {
  const at = nowOf(context);
  const free: PooledSessionRecord[] = [];
  let changed = false;
  let looks = most;
  let trouble: DataApiFailed | null = null;
  for (const record of inRandomOrder(sessions, context.random)) {
    if (record.state === 'ended') {
      continue;
    }
    if (isGone(record, at, context.limits.marginSeconds)) {
      await endPooledSession(context, record, isRetired(record) ? 'retired' : 'expired');
      changed = true;
      continue;
    }
    if (looks === 0) {
      continue;
    }
    const looked = await lookAfter(context, record, at).catch((error: unknown) => {
      if (!(error instanceof DataApiFailed)) {
        throw error;
      }
      trouble = error;
      return { looked: true, free: null };
    });
    looks -= looked.looked ? 1 : 0;
    changed ||= looked.looked;
    if (looked.free !== null) {
      free.push(looked.free);
    }
  }
  return { free, changed, trouble };
}

/**
 * How long a session may live that was seen idle while nobody knows when its last statement ended: its holder runs
 * statements without telling the table. Rather too long: a session that has gone is found out by its refusal, but a slot
 * given away too early would break a bound.
 */
export function aliveIfSeenIdle({ limits }: PoolContext, record: PooledSessionRecord, at: string): string {
  return aliveUntil(at, record.keepAliveSeconds, limits.marginSeconds);
}

async function lookAfter(
  context: PoolContext,
  record: PooledSessionRecord,
  at: string,
): Promise<{ looked: boolean; free: PooledSessionRecord | null }> {
  if (isLeaseOver(record, at, context.limits.leaseGraceSeconds) && record.state === 'leased') {
    if ((await verifySession(context, record)) !== 'idle') {
      return { looked: true, free: null };
    }
    if (record.lease?.use === 'session' || record.lease?.retireAfter === true) {
      await retireSession(context, record, 'its holder did not come back');
      return { looked: true, free: null };
    }
    return { looked: true, free: record };
  }
  if (isCreationOverdue(context, record, at)) {
    const adopted = await resolveCreation(context, record);
    if (adopted !== null && !mayShare(record)) {
      await retireSession(context, adopted, 'its creator did not come back');
      return { looked: true, free: null };
    }
    return { looked: true, free: adopted };
  }
  if (isRetired(record)) {
    await verifySession(context, record);
    return { looked: true, free: null };
  }
  if (record.state === 'available' && Date.parse(at) >= Date.parse(record.hardEndsAt)) {
    await retireSession(context, record, 'as old as it may become');
    return { looked: true, free: null };
  }
  return { looked: false, free: null };
}

/** Drained by a pool. What a run of the reaper drains it ends or restores itself; until that is over nobody looks. */
function isRetired(record: PooledSessionRecord): boolean {
  return record.state === 'draining' && drainingOf(record)?.by.startsWith('pool:') === true;
}

function inRandomOrder<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}
