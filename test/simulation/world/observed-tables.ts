import type { BackendRecord } from '../../../src/lifecycle/backend-record.ts';
import type { Plan } from '../../../src/policy/plan.ts';
import type { PooledSessionRecord } from '../../../src/pool/pooled-session.ts';
import type { SessionPoolTable } from '../../../src/pool/session-pool-table.ts';
import { createMemorySessionPoolTable } from '../../../src/session-table/memory-session-pool-table.ts';
import { createMemorySessionTable } from '../../../src/session-table/memory-session-table.ts';
import type { RunRecord } from '../../../src/session-table/run-record.ts';
import type { SessionTable } from '../../../src/session-table/session-table.ts';

export interface RunLock {
  readonly runId: string;
  readonly expiresAt: string;
}

/** Told of every write that was taken, in the moment in which it was. */
export interface TableWatcher {
  backend(before: BackendRecord | null, after: BackendRecord): void;
  session(before: PooledSessionRecord | null, after: PooledSessionRecord): void;
  /** A lock was taken, by whom, and who had it by then. */
  lock(before: RunLock | null, after: RunLock): void;
  /** A run stored a plan, and the one that it had by then. */
  plan(before: Plan | null, after: Plan, runId: string): void;
}

/** The tables in memory, what they hold for everybody to see, and indexes that may lag. */
export interface ObservedTables {
  readonly table: SessionTable;
  readonly pool: SessionPoolTable;
  readonly backends: ReadonlyMap<string, BackendRecord>;
  readonly sessions: ReadonlyMap<string, PooledSessionRecord>;
  readonly runs: ReadonlyMap<string, RunRecord>;
  readonly plans: ReadonlyMap<string, Plan>;
  /** By target; as the last one to take it left it. */
  readonly locks: ReadonlyMap<string, RunLock>;
  /** Who has each of the target's slots. */
  readonly targetSlots: ReadonlyMap<number, string>;
  watch(watcher: Partial<TableWatcher>): void;
  /** Told of every plan that is new. */
  onPlan(listener: (plan: Plan) => void): void;
}

/** An index lags by less than a second as a rule, and by this at most. */
const LAG_MS = 30_000;

/** What an index showed until a moment, epoch milliseconds. */
interface Shown<T> {
  readonly until: number;
  readonly records: readonly T[];
}

export function keyOfIdentity({ pid, startedAt, user }: BackendRecord['identity']): string {
  return `${pid}@${startedAt}@${user}`;
}

export function keyOfSlot({ key, slot }: Pick<PooledSessionRecord, 'key' | 'slot'>): string {
  return `${key.tenant}/${slot}`;
}

/**
 * @param isStale whether this read of an index shows it as it was a while ago
 * @param now epoch milliseconds
 */
export function createObservedTables(isStale: () => boolean, now: () => number): ObservedTables {
  const table = createMemorySessionTable();
  const pool = createMemorySessionPoolTable();
  const backends = new Map<string, BackendRecord>();
  const sessions = new Map<string, PooledSessionRecord>();
  const runs = new Map<string, RunRecord>();
  const plans = new Map<string, Plan>();
  const locks = new Map<string, RunLock>();
  const targetSlots = new Map<number, string>();
  const watchers: Partial<TableWatcher>[] = [];
  const planners: ((plan: Plan) => void)[] = [];
  const oldBackends: Shown<BackendRecord>[] = [];
  const oldSessions: Shown<PooledSessionRecord>[] = [];

  const lagging = <T>(old: readonly Shown<T>[], fresh: readonly T[]): readonly T[] =>
    isStale() ? (old.find(({ until }) => until > now() - LAG_MS)?.records ?? fresh) : fresh;
  const remember = <T>(old: Shown<T>[], records: readonly T[]) => {
    old.push({ until: now(), records });
    const outdated = old.findIndex(({ until }) => until > now() - LAG_MS);
    old.splice(0, outdated);
  };

  return {
    backends,
    sessions,
    runs,
    plans,
    locks,
    targetSlots,
    watch: (watcher) => void watchers.push(watcher),
    onPlan: (listener) => void planners.push(listener),
    table: {
      ...table,
      async saveBackend(record) {
        const shown = await table.listLiveBackends(record.identity.target);
        await table.saveBackend(record);
        const key = keyOfIdentity(record.identity);
        const before = backends.get(key) ?? null;
        remember(oldBackends, shown);
        backends.set(key, record);
        for (const watcher of watchers) {
          watcher.backend?.(before, record);
        }
      },
      listLiveBackends: async (target) => lagging(oldBackends, await table.listLiveBackends(target)),
      async saveRun(record) {
        await table.saveRun(record);
        runs.set(record.runId, record);
      },
      async savePlan(key, plan) {
        await table.savePlan(key, plan);
        const before = plans.get(key.runId) ?? null;
        const isNew = before === null;
        plans.set(key.runId, plan);
        for (const watcher of watchers) {
          watcher.plan?.(before, plan, key.runId);
        }
        for (const planner of isNew ? planners : []) {
          planner(plan);
        }
      },
      async takeRunLock(asked) {
        const answer = await table.takeRunLock(asked);
        if (answer.taken) {
          const before = locks.get(asked.target) ?? null;
          const after = { runId: asked.runId, expiresAt: asked.expiresAt };
          locks.set(asked.target, after);
          for (const watcher of watchers) {
            watcher.lock?.(before, after);
          }
        }
        return answer;
      },
      async releaseRunLock(asked) {
        await table.releaseRunLock(asked);
        if (locks.get(asked.target)?.runId === asked.runId) {
          locks.delete(asked.target);
        }
      },
    },
    pool: {
      ...pool,
      async saveSession(record) {
        const shown = await pool.listLiveSessions(record.key.target);
        await pool.saveSession(record);
        const key = keyOfSlot(record);
        const before = sessions.get(key) ?? null;
        remember(oldSessions, shown);
        sessions.set(key, record);
        for (const watcher of watchers) {
          watcher.session?.(before, record);
        }
      },
      listLiveSessions: async (target) => lagging(oldSessions, await pool.listLiveSessions(target)),
      async claimTargetSlot(slot, at) {
        const isClaimed = await pool.claimTargetSlot(slot, at);
        if (isClaimed) {
          targetSlots.set(slot.number, slot.holder);
        }
        return isClaimed;
      },
      async releaseTargetSlot(slot) {
        await pool.releaseTargetSlot(slot);
        if (targetSlots.get(slot.number) === slot.holder) {
          targetSlots.delete(slot.number);
        }
      },
    },
  };
}
