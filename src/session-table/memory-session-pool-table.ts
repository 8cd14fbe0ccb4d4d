import type { PooledSessionRecord } from '../pool/pooled-session.ts';
import type { SessionPoolTable, TargetSlot, WaitingRecord } from '../pool/session-pool-table.ts';
import { frozenCopy } from './frozen-copy.ts';
import type { ItemKey } from './item-keys.ts';
import { pooledSessionKey, poolPartition, targetSlotKey, waitKey } from './pool-item-keys.ts';
import { utcInstant } from './utc-instant.ts';
import { VersionConflict } from './version-conflict.ts';

/**
 * The pool's items in this process's memory, for tests and simulations: the same conflicts as the real table, records
 * that nobody can change from outside, and no expiry.
 */
export function createMemorySessionPoolTable(): SessionPoolTable {
  const sessions = new Map<string, PooledSessionRecord>();
  const waiting = new Map<string, { readonly partition: string; readonly entry: WaitingRecord }>();
  const targetSlots = new Map<string, TargetSlot>();

  return {
    async readPool(key) {
      const partition = poolPartition(key);
      return {
        sessions: [...sessions.values()]
          .filter((record) => poolPartition(record.key) === partition)
          .sort((a, b) => a.slot - b.slot),
        waiting: [...waiting.values()].filter((one) => one.partition === partition).map(({ entry }) => entry),
      };
    },

    async readSession(key, slot) {
      return sessions.get(keyText(pooledSessionKey(key, slot))) ?? null;
    },

    async saveSession(record) {
      const key = keyText(pooledSessionKey(record.key, record.slot));
      if ((sessions.get(key)?.version ?? 0) !== record.version - 1) {
        const what = `slot ${record.slot} of tenant ${record.key.tenant} on ${record.key.target}`;
        throw new VersionConflict(what, record.version - 1);
      }
      sessions.set(key, frozenCopy(record));
    },

    async listLiveSessions(target) {
      return [...sessions.values()].filter((record) => record.key.target === target && record.state !== 'ended');
    },

    async joinLine(key, entry) {
      const until = utcInstant(entry.until, 'until');
      const own = { partition: poolPartition(key), entry: frozenCopy({ ...entry, until }) };
      waiting.set(keyText(waitKey(key, entry.holder)), own);
    },

    async leaveLine(key, holder) {
      waiting.delete(keyText(waitKey(key, holder)));
    },

    async readTargetSlots(target) {
      return [...targetSlots.values()].filter((slot) => slot.target === target).sort((a, b) => a.number - b.number);
    },

    async claimTargetSlot(slot, at) {
      const key = keyText(targetSlotKey(slot.target, slot.number));
      const held = targetSlots.get(key);
      if (held !== undefined && held.holder !== slot.holder && held.until > utcInstant(at, 'now')) {
        return false;
      }
      targetSlots.set(key, frozenCopy({ ...slot, until: utcInstant(slot.until, 'until') }));
      return true;
    },

    async releaseTargetSlot({ target, number, holder }) {
      const key = keyText(targetSlotKey(target, number));
      if (targetSlots.get(key)?.holder === holder) {
        targetSlots.delete(key);
      }
    },
  };
}

function keyText(key: ItemKey): string {
  return JSON.stringify([key.pk, key.sk]);
}
