import type { ClusterBackend } from '../server/cluster.ts';
import { keyOfIdentity } from '../world/observed-tables.ts';
import { TARGET } from '../world/world.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/** In the end nothing is left behind: no lock, lease, slot or open run, and every end has its outcome on record. */
export const checkLeftovers: CreateCheck = ({ tables, scheduler }, violate) => {
  const signalled = new Set<ClusterBackend>();
  return {
    signal(backend) {
      signalled.add(backend);
    },
    rest() {
      const lock = tables.locks.get(TARGET);
      if (lock !== undefined && Date.parse(lock.expiresAt) > scheduler.now) {
        violate('every lock is free again in bounded time', `${lock.runId} has it until ${lock.expiresAt}`);
      }
      const live = new Set<string>();
      for (const { key, slot, id, state } of tables.sessions.values()) {
        if (state === 'leased' || state === 'creating') {
          violate('every lease is free again in bounded time', `${key.tenant}/${slot} is ${state}`);
        }
        if (state !== 'ended') {
          live.add(id);
        }
      }
      for (const [number, holder] of tables.targetSlots) {
        if (!live.has(holder)) {
          violate('every slot is free again in bounded time', `slot ${number} of the target is ${holder}'s`);
        }
      }
    },
    end() {
      const lock = tables.locks.get(TARGET);
      if (lock !== undefined && Date.parse(lock.expiresAt) > scheduler.now) {
        violate('every lock is free again', `${lock.runId} has it until ${lock.expiresAt}`);
      }
      for (const { runId, state } of tables.runs.values()) {
        if (state === 'running') {
          violate('every run ends on record', runId);
        }
      }
      for (const record of tables.sessions.values()) {
        if (record.state !== 'ended') {
          violate('every lease and slot is free again', `${record.key.tenant}/${record.slot} is ${record.state}`);
        }
      }
      for (const [key, record] of tables.backends) {
        if (record.state === 'terminating') {
          violate('every end has its outcome', `${key} is still to be ended`);
        }
      }
      for (const backend of signalled) {
        const key = keyOfIdentity(identityOf(backend));
        const record = tables.backends.get(key);
        // One that a later look showed in use may have died of the signal since: that look is its outcome.
        const wasBusy =
          record?.events.at(-1)?.type === 'recovered' &&
          record.events.some(({ type }) => type === 'termination-claimed');
        const state = record?.state;
        // Where the statement failed, as one that was refused does, nobody can tell whom it had signalled before.
        const { detail } = record?.events.findLast(({ type }) => type === 'termination-failed') ?? {};
        const isKnown = detail?.['signalled'] === true && detail['outcome'] === 'still-there';
        const isTold = state === 'terminated' || (state === 'gone' && !isKnown);
        if (backend.endedBySignal && !wasBusy && !isTold) {
          violate('every end has its outcome', `${key} was ended and is ${state}`);
        }
      }
    },
  };
};
