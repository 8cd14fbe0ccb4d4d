import { keyOfIdentity } from '../world/observed-tables.ts';
import { TARGET } from '../world/world.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/**
 * Identity and intent: whoever is signalled is, by pid, start and user, a member of the plan of the run that asked, and
 * that run had claimed it before it handed the statement in.
 */
export const checkClaims: CreateCheck = ({ tables, cluster, scheduler }, violate) => {
  const claimedAtSubmit = new Map<string, ReadonlySet<string>>();
  return {
    submit(statement) {
      if (statement.kind === 'termination') {
        const claimed = [...tables.backends.values()].filter(({ events }) =>
          events.some(({ type, by }) => type === 'termination-claimed' && by === statement.name),
        );
        claimedAtSubmit.set(statement.id, new Set(claimed.map(({ identity }) => keyOfIdentity(identity))));
      }
    },
    signal(backend, statement) {
      const key = keyOfIdentity(identityOf(backend));
      const plan = tables.plans.get(statement.name.slice('run:'.length));
      const member = plan?.members.find(
        ({ identity, action }) => action === 'terminate' && keyOfIdentity(identity) === key,
      );
      if (member === undefined) {
        const samePid = plan?.members.some(({ identity }) => identity.pid === backend.pid) === true;
        violate(
          samePid ? 'identity respected across pid reuse' : 'no unknown backend ended',
          `${key} is no victim of the plan of ${statement.name} on ${TARGET}`,
        );
      }
      if (claimedAtSubmit.get(statement.id)?.has(key) !== true) {
        violate('intent is recorded before an end', `${key} was not claimed by ${statement.name}`);
      }
      scheduler.note(`server: ${backend.pid} of ${backend.user} signalled, at ${cluster.now().toISOString()}`);
    },
  };
};
