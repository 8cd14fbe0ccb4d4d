import type { InboxMessage } from '../../local/messaging/inbox-message.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { LifecycleEventType } from '../../src/lifecycle/lifecycle-event.ts';
import type { RunSummary } from '../../src/reaper/run-summary.ts';
import { type EndedRun, type Pipeline, type Session, TARGET } from './pipeline.ts';
import { until } from './until.ts';

/** What a finished execution says of its run. */
export function summaryOf(run: EndedRun): RunSummary {
  return (run.output as { run: RunSummary }).run;
}

/** What the table knows of a session now. */
export async function recordOf(
  { table }: Pipeline,
  { pid }: Session,
  target = TARGET,
): Promise<BackendRecord | undefined> {
  return (await table.listBackends({ target, pid })).items.at(0);
}

/** What happened to it. One that outlives a look is on record as signalled in between; whether it does is up to the server. */
export async function lifeOf(
  pipeline: Pipeline,
  session: Session,
  target = TARGET,
): Promise<LifecycleEventType[] | undefined> {
  const record = await recordOf(pipeline, session, target);
  return record?.events.map(({ type }) => type).filter((type) => type !== 'termination-signalled');
}

/** Names of those sessions that the server still has. */
export async function aliveOf(
  { alive }: Pipeline,
  sessions: Readonly<Record<string, Pick<Session, 'pid'>>>,
): Promise<string[]> {
  const pids = await alive();
  return Object.entries(sessions)
    .filter(([, { pid }]) => pids.has(pid))
    .map(([name]) => name);
}

/** Lets a session run a statement for as long as it lives, and waits until the server runs it. */
export async function keepBusy({ admin }: Pipeline, { client, pid }: Session): Promise<void> {
  // It fails when its session is ended, at the end of the test.
  client.query('select pg_sleep(600)').catch(() => undefined);
  await until('the statement runs', async () => {
    const { rows } = await admin.client.query('select from pg_stat_activity where pid = $1 and state = $2', [
      pid,
      'active',
    ]);
    return rows.length === 1 ? true : null;
  });
}

/** The pids that a mail lists. */
export function pidsIn({ body }: InboxMessage): number[] {
  return (body.match(/^\d+(?= )/gm) ?? []).map(Number);
}

/** Our events on the bus about this run, and about what it did to backends. */
export function eventsOf({ cloud }: Pipeline, run: EndedRun): readonly { type: string; pid: unknown }[] {
  return cloud.events.events
    .filter(({ source }) => source === 'slotkeeper')
    .filter(({ detail }) => detail['by'] === `run:${run.id}` || String(detail['id']).endsWith(`/${run.id}`))
    .map((event) => ({ type: event['detail-type'], pid: event.detail['pid'] }));
}
