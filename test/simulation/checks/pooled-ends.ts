import { parseStatementName } from '../../../src/pool/statement-name.ts';
import type { ApiSession } from '../server/api-statement.ts';
import type { ClusterBackend } from '../server/cluster.ts';
import { keyOfSlot } from '../world/observed-tables.ts';
import type { World } from '../world/world.ts';
import type { CreateCheck } from './check.ts';
import { identityOf } from './identity-of.ts';

/** The pool's item of a session of the Data API, if its slot still has it. */
export function itemOf({ tables }: Pick<World, 'tables'>, session: ApiSession) {
  const origin = parseStatementName(session.opener);
  const record =
    origin === null
      ? undefined
      : tables.sessions.get(
          keyOfSlot({ key: { tenant: origin.tenant, target: '', database: '', dbUser: '' }, slot: origin.slot }),
        );
  return record !== undefined && record.id === origin?.session ? record : null;
}

/**
 * The item by which a pool may still hand out a backend's session. An item without a pid is told from its backend by
 * clocks, and only by such that are not too far apart.
 */
function handedOutBy(world: World, backend: ClusterBackend) {
  const session = backend.session === null ? undefined : world.api.sessions.get(backend.session);
  const item = session === undefined ? null : itemOf(world, session);
  const isTold = item?.pid !== null || world.scenario.clocks !== 'all-apart';
  return item !== null && isTold && item.state !== 'draining' && item.state !== 'ended' ? item : null;
}

/** A session of the pool is only ended while it drains, when no pool hands it out; what is on record as ended is gone. */
export const checkPooledEnds: CreateCheck = (world, violate) => ({
  signal(backend) {
    const item = handedOutBy(world, backend);
    if (item !== null) {
      const what = `${backend.pid} was ended while its item was ${item.state}`;
      violate('no session ended that the pool may hand out', what);
    }
  },
  death(backend) {
    const item = handedOutBy(world, backend);
    if (item !== null) {
      const what = `${backend.pid} died of a signal while its item was ${item.state}`;
      violate('no session ended that the pool may hand out', what);
    }
  },
  backend(_before, after) {
    const backend = world.cluster.backends.get(after.identity.pid);
    const isThis = backend !== undefined && identityOf(backend).startedAt === after.identity.startedAt;
    const item = isThis && after.events.at(-1)?.type === 'termination-claimed' ? handedOutBy(world, backend) : null;
    if (item !== null) {
      violate('drained before it is claimed', `${after.identity.pid} was claimed while its item was ${item.state}`);
    }
  },
  session(_before, after) {
    if (after.state !== 'ended' || world.scenario.clocks === 'all-apart') {
      return;
    }
    const session = [...world.api.sessions.values()].find((one) => itemOf(world, one)?.id === after.id);
    if (session?.backend.alive === true && !session.backend.doomed) {
      violate(
        'a slot is free only when its session is gone',
        `${after.id} (${after.endReason}) lives as ${session.backend.pid}`,
      );
    }
  },
});
