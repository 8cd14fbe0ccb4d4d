import { keyOfIdentity } from '../world/observed-tables.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/** The outcome on record is what happened: whom a run says it signalled was, and who is said to live on was used again. */
export const checkOutcomes: CreateCheck = ({ cluster }, violate) => {
  const signalledBy = new Map<string, Set<string>>();
  return {
    signal(backend, { name }) {
      const key = keyOfIdentity(identityOf(backend));
      signalledBy.set(key, (signalledBy.get(key) ?? new Set()).add(name));
    },
    backend(before, after) {
      const newest = after.events.at(-1);
      const outcome = newest?.detail['outcome'];
      if (newest === undefined || outcome === undefined) {
        return;
      }
      const key = keyOfIdentity(after.identity);
      const isSignalled = signalledBy.get(key)?.has(newest.by) === true;
      if (outcome === 'already-gone' && isSignalled) {
        violate('every outcome is what happened', `${key} is on record as gone by itself, and ${newest.by} ended it`);
      }
      if (newest.detail['signalled'] === true && !isSignalled) {
        violate('every outcome is what happened', `${newest.by} says that it signalled ${key}`);
      }
      const backend = cluster.backends.get(after.identity.pid);
      const isThere = backend !== undefined && keyOfIdentity(identityOf(backend)) === key;
      const wasUsed = isThere && (backend.running || backend.lastActiveAt > new Date(before?.lastActiveAt ?? 0));
      if (outcome === 'busy-again' && isThere && !wasUsed) {
        violate('every outcome is what happened', `${key} is on record as used again`);
      }
    },
  };
};
