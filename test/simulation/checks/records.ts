import { stateAfter } from '../../../src/lifecycle/state-after.ts';
import { keyOfIdentity } from '../world/observed-tables.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/** States and events agree, histories only grow, fences too, and nobody is on record as gone who is there. */
export const checkRecords: CreateCheck = ({ cluster }, violate) => ({
  backend(before, after) {
    const who = keyOfIdentity(after.identity);
    const newest = after.events.at(-1);
    if (after.version !== (before?.version ?? 0) + 1) {
      violate('events and state agree', `${who} went from version ${before?.version ?? 0} to ${after.version}`);
    }
    if (newest === undefined || stateAfter(newest.type) !== after.state) {
      violate('events and state agree', `${who} is ${after.state} after ${newest?.type}`);
    }
    if (after.events.length + after.eventsDropped !== after.version) {
      violate('events and state agree', `${who} has ${after.events.length} events at version ${after.version}`);
    }
    const [earlier, kept] = [before?.events ?? [], after.events.slice(0, -1)];
    if (after.eventsDropped === 0 && JSON.stringify(earlier) !== JSON.stringify(kept)) {
      violate('events and state agree', `the history of ${who} was rewritten`);
    }
    const isGone = newest?.type === 'gone' || newest?.type === 'terminated';
    const backend = cluster.backends.get(after.identity.pid);
    if (isGone && backend !== undefined && keyOfIdentity(identityOf(backend)) === who) {
      violate('nobody is taken for gone who is there', `${who} is on record as ${after.state}`);
    }
  },
  session(before, after) {
    const newest = after.events.at(-1);
    if (after.version !== (before?.version ?? 0) + 1 || after.fence < (before?.fence ?? 0)) {
      violate(
        'events and state agree',
        `slot ${after.key.tenant}/${after.slot}: version ${after.version}, fence ${after.fence}`,
      );
    }
    if (
      newest !== undefined &&
      before !== null &&
      before.state !== after.state &&
      newest.at === before.events.at(-1)?.at &&
      newest.type === before.events.at(-1)?.type
    ) {
      violate(
        'events and state agree',
        `slot ${after.key.tenant}/${after.slot} went from ${before.state} to ${after.state} without an event`,
      );
    }
    const isTaken =
      newest !== undefined &&
      ['creating', 'leased', 'taken-over'].includes(newest.type) &&
      newest.at === after.updatedAt;
    if (
      isTaken &&
      before !== null &&
      before.events.at(-1) !== newest &&
      JSON.stringify(before.events.at(-1)) !== JSON.stringify(newest) &&
      after.fence !== before.fence + 1
    ) {
      violate(
        'every lease has a fence of its own',
        `slot ${after.key.tenant}/${after.slot} was ${newest.type} with fence ${after.fence} after ${before.fence}`,
      );
    }
    if ((after.lease !== null) !== (after.state === 'leased' || after.state === 'creating')) {
      violate(
        'events and state agree',
        `slot ${after.key.tenant}/${after.slot} is ${after.state} ${after.lease === null ? 'without' : 'with'} a lease`,
      );
    }
  },
});
