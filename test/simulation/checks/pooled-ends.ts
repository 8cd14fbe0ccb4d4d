import { parseStatementName } from '../../../src/pool/statement-name.ts';
import type { ApiSession } from '../server/data-api.ts';
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

/** A session of the pool is only ended while it drains, when no pool hands it out; what is on record as ended is gone. */
export const checkPooledEnds: CreateCheck = (world, violate) => ({
  signal(backend) {
    const session = backend.session === null ? undefined : world.api.sessions.get(backend.session);
    const item = session === undefined ? null : itemOf(world, session);
    if (item !== null && item.state !== 'draining' && item.state !== 'ended') {
      violate(
        'no session ended that the pool may hand out',
        `${backend.pid} was ended while its item was ${item.state}`,
      );
    }
  },
  backend(_before, after) {
    const newest = after.events.at(-1);
    const backend = world.cluster.backends.get(after.identity.pid);
    const session = backend?.session == null ? undefined : world.api.sessions.get(backend.session);
    const item = session === undefined ? null : itemOf(world, session);
    const isThis = backend !== undefined && identityOf(backend).startedAt === after.identity.startedAt;
    if (
      newest?.type === 'termination-claimed' &&
      isThis &&
      item !== null &&
      item.state !== 'draining' &&
      item.state !== 'ended'
    ) {
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
