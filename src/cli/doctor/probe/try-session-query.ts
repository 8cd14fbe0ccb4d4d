import { redshiftEngine } from '../../../backends/redshift-engine.ts';
import type { Snapshot } from '../../../backends/snapshot.ts';
import type { DataApiTarget } from '../../../config/target-config.ts';
import { createDataApiWarehouse, type DataApiWarehouseOptions } from '../../../warehouse/data-api-warehouse.ts';
import type { ProbeApi } from './probe-api.ts';
import type { ProbeLog } from './probe-log.ts';
import type { ProbeSessions } from './probe-sessions.ts';

/** How long an ended backend may still show, milliseconds. */
const GONE_WITHIN = 20_000;
const LOOK_EVERY = 1_000;

/** What the run's own SQL comes to: the look, and the guarded statement, which ends one session of the probe. */
export async function trySessionQuery(
  {
    client,
    target,
    sleep,
  }: { client: DataApiWarehouseOptions['client']; target: DataApiTarget; sleep: (ms: number) => Promise<unknown> },
  api: ProbeApi,
  sessions: ProbeSessions,
  log: ProbeLog,
): Promise<void> {
  const engine = redshiftEngine(target);
  const reader = createDataApiWarehouse({ client, target });
  const look = async (): Promise<Snapshot | string> => {
    const ended = await api.run({ ...api.place, Sql: engine.sessionSql });
    return ended.status === 'FINISHED'
      ? engine.readSnapshot(await reader.fetchRows(ended.id), target.name)
      : ended.told;
  };
  const session = await sessions.open();
  const seen = await look();
  await log.try('sessionQuery', async () => (typeof seen === 'string' ? seen : 'FINISHED'));
  const victim =
    typeof seen === 'string' || session.pid === null
      ? undefined
      : seen.backends.find(({ identity }) => identity.pid === sessions.pidOf(session));
  if (victim === undefined) {
    log.skip(['ownName', 'guarded'], 'The session query does not show the session that the probe has opened.');
    return;
  }
  const { identity } = victim;
  await log.try('ownName', async () => {
    const prefix = /^IAM[AR]?:/.exec(identity.user)?.[0];
    return prefix === undefined ? 'no prefix' : `prefix ${prefix}`;
  });
  await log.try('guarded', async () => {
    // Pid, start and user are compared in the statement itself, and only this one session is named to it.
    const { sql, parameters } = engine.termination([identity]);
    const ended = await api.run({
      ...api.place,
      Sql: sql,
      Parameters: Object.entries(parameters).map(([name, value]) => ({ name, value })),
    });
    if (ended.status !== 'FINISHED') {
      return ended.told;
    }
    const rows = (await reader.fetchRows(ended.id)).length;
    for (let waited = 0; waited <= GONE_WITHIN; waited += LOOK_EVERY) {
      const now = await look();
      if (
        typeof now !== 'string' &&
        !now.backends.some((one) => one.identity.pid === identity.pid && one.identity.startedAt === identity.startedAt)
      ) {
        return {
          observed: `FINISHED, ${rows} row${rows === 1 ? '' : 's'}, session gone`,
          note: `seen gone after ${waited} ms`,
        };
      }
      await sleep(LOOK_EVERY);
    }
    return `FINISHED, ${rows} rows, session still there`;
  });
}
