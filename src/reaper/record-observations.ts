import pMap from 'p-map';
import type { Snapshot } from '../backends/snapshot.ts';
import { changeBackend } from './change-backend.ts';
import { domainEventsOf } from './domain-events.ts';
import { createObserve } from './observe-changes.ts';
import type { KnownBackends } from './read-known-backends.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';
import { WRITE_CONCURRENCY } from './write-concurrency.ts';

/**
 * Records what the snapshot shows of backends that were on record, and tells the event bus at once: the plan that
 * follows does not mention those that are gone, so nobody would find them later.
 *
 * @returns how many events the bus did not take
 */
export async function recordObservations(
  ports: ReaperPorts,
  run: RunRef,
  snapshot: Snapshot,
  known: KnownBackends,
): Promise<{ eventsFailed: number }> {
  const by = runActor(run);
  const observe = createObserve(snapshot, { at: ports.now().toISOString(), by });
  const records = await pMap(
    [...known.present, ...known.missing],
    (record) =>
      changeBackend(ports.table, record.identity, record, (current) => (current === null ? null : observe(current))),
    { concurrency: WRITE_CONCURRENCY },
  );
  const observed = records.filter((record) => record !== null).flatMap((record) => domainEventsOf(record, by));
  if (observed.length === 0) {
    return { eventsFailed: 0 };
  }
  const { failed } = await ports.events.publish(observed);
  return { eventsFailed: failed };
}
