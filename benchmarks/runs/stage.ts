import { fileURLToPath } from 'node:url';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { SFNClient } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import type pg from 'pg';
import { LOCAL_CREDENTIALS } from '../../local/cloud-names.ts';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const CONFIG = fileURLToPath(new URL('runs.yml', import.meta.url));

/** Slots besides those of the victims: for bystanders, the asking sessions, the platform's own and the reserved ones. */
const OTHER_SLOTS = 40;

const OPENING_CONCURRENCY = 8;

/** Idle sessions of one user, all of which are to be ended. */
export interface Victims {
  readonly user: string;
  readonly pids: ReadonlySet<number>;
  /** Settles when the last of their clients has seen its session end. */
  readonly closed: Promise<unknown>;
}

/** An embedded cloud with room for so many victims, and two sessions that nobody may end: a busy one and an exempt one. */
export interface Stage {
  readonly cloud: LocalCloud;
  readonly clock: VirtualClock;
  /** The watcher's session, a superuser's. */
  readonly admin: pg.Client;
  readonly sfn: SFNClient;
  readonly dataApi: RedshiftDataClient;
  /** Opens idle sessions of a new user. */
  open(user: string, count: number): Promise<Victims>;
  /** Pids of all clients' sessions. */
  alive(): Promise<ReadonlySet<number>>;
  stop(): Promise<void>;
}

/** @param victims how many there are at most at once */
export async function startStage(victims: number): Promise<Stage> {
  const clock = new VirtualClock();
  const cloud = await startLocalCloud({
    ...{ port: 0, postgresPort: 0, clock, schedules: false, configPath: CONFIG },
    maxConnections: victims + OTHER_SLOTS,
  });
  const account = { endpoint: cloud.endpoint, region: cloud.region, credentials: LOCAL_CREDENTIALS };
  const sfn = new SFNClient(account);
  const dataApi = new RedshiftDataClient(account);
  const stop = async () => {
    sfn.destroy();
    dataApi.destroy();
    await cloud.stop();
  };
  try {
    const connect = (user: string, applicationName: string) =>
      cloud.redshift.connect({ user, database: cloud.database, applicationName });
    const admin = await connect('awsuser', 'watcher');
    const createUser = (user: string) => admin.query(`create role ${admin.escapeIdentifier(user)} login`);
    await createUser('bi_busy');
    await createUser('etl_nightly');
    const busy = await connect('bi_busy', 'dashboard');
    // It runs until the server is stopped, which is its failure.
    busy.query('select pg_sleep(86400)').catch(() => undefined);
    await connect('etl_nightly', 'loader');
    return {
      ...{ cloud, clock, admin, sfn, dataApi, stop },
      async open(user, count) {
        await createUser(user);
        const clients = await pMap(Array.from({ length: count }), () => connect(user, 'shop'), {
          concurrency: OPENING_CONCURRENCY,
        });
        const closed = Promise.all(
          clients.map((client) => new Promise<void>((resolve) => client.once('end', resolve))),
        );
        const { rows } = await admin.query<{ pid: number }>('select pid from pg_stat_activity where usename = $1', [
          user,
        ]);
        return { user, pids: new Set(rows.map(({ pid }) => pid)), closed };
      },
      async alive() {
        const { rows } = await admin.query<{ pid: number }>(
          "select pid from pg_stat_activity where backend_type = 'client backend'",
        );
        return new Set(rows.map(({ pid }) => pid));
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
