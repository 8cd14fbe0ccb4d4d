import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { VirtualClock } from '../virtual-clock.ts';
import { claimPort } from './claim-port.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { createEndedSessionReader } from './ended-session.ts';
import { installCatalog } from './install-catalog.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';
import { postgresSettings } from './postgres-settings.ts';
import type { RedshiftConnectOptions, RedshiftServer } from './redshift-server.ts';
import { runPostgres } from './run-postgres.ts';
import { findServerAccount } from './server-account.ts';
import { stopStalePostmaster } from './stop-stale-postmaster.ts';

/** How the embedded Redshift is to be started. */
export interface StartRedshiftOptions {
  /** The port on 127.0.0.1; 0 picks a free one. */
  readonly port: number;
  /** The embedded cloud's time, which all timestamps of the catalog follow. */
  readonly clock: VirtualClock;
  /** Keeps the databases in `<dataDir>/redshift`. @default a temporary directory that is removed with the server */
  readonly dataDir?: string;
  /** Session slots, those reserved for superusers included. @default 100 */
  readonly maxConnections?: number;
  /** Slots that only superusers get. @default 3 */
  readonly reservedConnections?: number;
}

/**
 * Starts a real PostgreSQL server that looks like a provisioned Redshift cluster: database `dev`, superuser `awsuser`, no password,
 * on loopback only. It ends with {@link RedshiftServer.stop}, and when this process ends, however it does.
 *
 * @throws PortInUseError when another process has the port; SlotkeeperError when the server cannot be set up or started
 */
export async function startRedshift(options: StartRedshiftOptions): Promise<RedshiftServer> {
  const port = await claimPort(options.port);
  const account = await findServerAccount();
  const binaries = await findPostgresBinaries(account);
  const data = await prepareDataDirectory(binaries, account, options.dataDir);
  if (options.dataDir !== undefined) await stopStalePostmaster(data.path);

  const readEndedSession = createEndedSessionReader();
  let keeper: Keeper | undefined;
  const postgres = await runPostgres({
    binaries,
    account,
    data,
    port,
    settings: postgresSettings(port, {
      maxConnections: options.maxConnections ?? 100,
      reservedConnections: options.reservedConnections ?? 3,
    }),
    onLogLine: (line) => {
      const session = readEndedSession(line);
      if (session) keeper?.recordEndedSession(session);
    },
  });

  const connect = async (as: RedshiftConnectOptions): Promise<pg.Client> => {
    const { user, database, applicationName, endpoint = 'cluster' } = as;
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user,
      database,
      // Said explicitly, so that the PG… variables of the developer's shell change nothing.
      password: '',
      ssl: false,
      // The catalog tells workgroup from cluster by it: `pg_slotkeeper.of_workgroup()`.
      options: endpoint === 'workgroup' ? '-c jit_debugging_support=on' : '',
      application_name: applicationName ?? '',
    });
    // A session may be terminated while nobody waits for it. Its next query fails with the reason; without a listener Node would
    // end this process instead.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };

  let stopListening: (() => void) | undefined;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      stopListening?.();
      await keeper?.end();
      await postgres.stop();
    })();
    return stopping;
  };

  try {
    await installCatalog((database) => connect({ user: 'awsuser', database }));
    const opened = await createKeeper(() => connect({ user: 'rdsdb', database: 'dev', applicationName: 'slotkeeper' }));
    keeper = opened;
    await opened.setClock(options.clock.offsetMs, true);
    stopListening = options.clock.onAdvance((offsetMs) => opened.setClock(offsetMs));
  } catch (error) {
    await stop();
    throw error;
  }
  let crashing: Promise<void> | undefined;
  const crash = (): Promise<void> => {
    crashing ??= crashOnce().finally(() => {
      crashing = undefined;
    });
    return crashing;
  };
  const crashOnce = async (): Promise<void> => {
    const victim = await connect({ user: 'awsuser', database: 'dev' });
    // Ended by the server itself: before that, it has not noticed, and still lets sessions in that it is about to end.
    const witness = await connect({ user: 'awsuser', database: 'dev' });
    const gone = new Promise<void>((resolve) => witness.once('end', resolve));
    // Commits are asynchronous here: without it the crash would take the last ones along, the clock's steps among them.
    await victim.query('checkpoint');
    const { rows } = await victim.query<{ pid: number }>('select pg_backend_pid() as pid');
    process.kill(rows[0]?.pid ?? 0, 'SIGKILL');
    await gone;
    await waitUntilEntered(() => connect({ user: 'awsuser', database: 'dev' }));
  };
  return { host: '127.0.0.1', port, database: 'dev', superuser: 'awsuser', connect, crash, stop };
}

/** Milliseconds that a server gets to recover, and between two tries to come in. */
const RECOVERY_MS = 30_000;
const TRY_AGAIN_MS = 50;

/** Tries to come in until the server has recovered; rejects with its last refusal when that takes too long. */
async function waitUntilEntered(connect: () => Promise<pg.Client>): Promise<void> {
  const giveUpAt = Date.now() + RECOVERY_MS;
  for (;;) {
    try {
      const client = await connect();
      await client.end();
      return;
    } catch (error) {
      if (Date.now() >= giveUpAt) throw error;
      await delay(TRY_AGAIN_MS);
    }
  }
}
