import { noteTellFailure, noteTold } from '../lifecycle/change-client-record.ts';
import { type ClientRecord, isHeld } from '../lifecycle/client-record.ts';
import type { DomainEvent } from '../messaging/event-publisher.ts';
import { NoticeRefused } from '../messaging/notice-refused.ts';
import { composeThrash } from '../notices/compose-thrash.ts';
import { changeClient } from './change-client.ts';
import type { ReaperPorts } from './reaper-ports.ts';
import { requireRunLock } from './require-run-lock.ts';
import { runActor } from './run-actor.ts';
import type { RunRef } from './run-ref.ts';

/**
 * Tells operators and event bus of every hold that they have not been told of. That they were told goes on record after
 * it was done, so a run that dies in between is followed by one that tells again. A channel that does not take the
 * message fails nothing else: it is on record, and the next run tries again.
 *
 * @returns how many events the bus did not take
 * @throws RunLockLost when there is somebody to be told and another run may be telling
 */
export async function tellOfThrash(ports: ReaperPorts, run: RunRef): Promise<{ eventsFailed: number }> {
  const untold = (await ports.table.listClients(run.target)).filter(
    (client) => client.told === null && isHeld(client, ports.now()),
  );
  if (untold.length === 0) {
    return { eventsFailed: 0 };
  }
  await requireRunLock(ports, run);
  const { failed } = await ports.events.publish(untold.map(thrashEvent));
  for (const client of untold) {
    await tellOfOne(ports, run, client);
  }
  return { eventsFailed: failed };
}

async function tellOfOne(
  { table, operators, again, now }: ReaperPorts,
  run: RunRef,
  client: ClientRecord,
): Promise<void> {
  const by = runActor(run);
  const tell = async () => {
    try {
      const proof = await operators.publish(composeThrash(client, again));
      return { ...proof, error: null };
    } catch (refusal) {
      if (!(refusal instanceof NoticeRefused)) {
        throw refusal;
      }
      return { error: refusal.message };
    }
  };
  const answer = await tell();
  await changeClient(table, run.target, client, (record) => {
    const at = now().toISOString();
    if (record === null || record.since !== client.since || record.told !== null) {
      return null;
    }
    return answer.error === null
      ? noteTold(record, { messageId: answer.messageId, channel: answer.channel, at, by })
      : noteTellFailure(record, { error: answer.error, at, by });
  });
}

/** The same for every try, so that readers can drop repeats. */
function thrashEvent({ target, id, since, ...client }: ClientRecord): DomainEvent {
  const { user, application, clientHost, reconnects, limit, until, runId } = client;
  return {
    type: 'Client Thrashing',
    id: `${target}/client/${id}/${since}`,
    at: since,
    detail: { target, client: id, user, application, clientHost, reconnects, limit, since, until, run: runId },
  };
}
