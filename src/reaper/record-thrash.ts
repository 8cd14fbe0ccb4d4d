import pMap from 'p-map';
import type { BackendRecord } from '../lifecycle/backend-record.ts';
import { beginHold } from '../lifecycle/change-client-record.ts';
import { isHeld } from '../lifecycle/client-record.ts';
import { noteReconnection, returnOf } from '../lifecycle/note-reconnection.ts';
import { verifiedEnd } from '../lifecycle/verified-end.ts';
import type { Thrash } from '../policy/find-thrash.ts';
import { changeBackend } from './change-backend.ts';
import { changeClient } from './change-client.ts';
import { domainEventsOf } from './domain-events.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';
import { tellOfThrash } from './tell-of-thrash.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

/**
 * Records whose client was back at once, and which clients are not to lose sessions any more; and tells of the latter
 * whoever has not been told, be it of a hold that an earlier run began and died over.
 *
 * @returns how many events the bus did not take
 * @throws RunLockLost when there is somebody to be told and another run may be telling
 */
export async function recordThrash(
  ports: ReaperPorts,
  run: RunRef,
  { reconnections, fresh }: Thrash,
): Promise<{ eventsFailed: number }> {
  const { table, events, now } = ports;
  const by = runActor(run);
  const at = now().toISOString();
  const records = await pMap(
    reconnections,
    ({ ended, back }) =>
      changeBackend(table, ended.identity, ended, (record) =>
        record === null || !isUnanswered(record) ? null : noteReconnection(record, { ...back, at, by }),
      ),
    { concurrency: WRITE_CONCURRENCY },
  );
  const noted = records.flatMap((record) =>
    record === null ? [] : domainEventsOf(record, by).filter(({ type }) => type === 'Backend Reconnected'),
  );
  const { failed } = noted.length === 0 ? { failed: 0 } : await events.publish(noted);
  await pMap(
    fresh,
    (hold) =>
      changeClient(table, run.target, hold.client, (record) =>
        record !== null && isHeld(record, now())
          ? null
          : beginHold(record, { target: run.target, hold, runId: run.id, at, by }),
      ),
    { concurrency: WRITE_CONCURRENCY },
  );
  const { eventsFailed } = await tellOfThrash(ports, run);
  return { eventsFailed: failed + eventsFailed };
}

function isUnanswered(record: BackendRecord): boolean {
  return verifiedEnd(record) !== null && returnOf(record) === null;
}
