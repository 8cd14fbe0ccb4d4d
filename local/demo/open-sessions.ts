import type pg from 'pg';
import type { RedshiftServer } from '../redshift/redshift-server.ts';
import { DEMO_USERS } from './demo-users.ts';
import { TENANT_USERS } from './tenant-traffic.ts';

/** The real sessions of the demonstration. */
export interface DemoSessions {
  readonly returning: pg.Client;
  readonly leaving: pg.Client;
  /** One more connection of the leaking application; rejects with PostgreSQL's own error while no slot is free. */
  connectLeakingApp(): Promise<void>;
  /** How many connections the leaking application got before it was refused, and with which error. */
  readonly leaked: { readonly connections: number; readonly refusedWith: string; readonly sqlstate: string };
  closeAll(): Promise<void>;
}

/** Creates the users and a table to lock. */
export async function prepareDatabase(server: RedshiftServer): Promise<void> {
  const admin = await server.connect({
    user: server.superuser,
    database: server.database,
    applicationName: 'demo-setup',
  });
  for (const user of [...Object.values(DEMO_USERS), ...TENANT_USERS]) {
    await admin.query(`create role ${admin.escapeIdentifier(user)} login`);
  }
  await admin.query('create table sales (id int primary key, amount numeric(12, 2))');
  await admin.query('insert into sales select n, n * 1.5 from generate_series(1, 100) n');
  await admin.query('grant select, update on sales to public');
  await admin.end();
}

/** Opens sessions of every kind until the server has no slot left for ordinary users. */
export async function openSessions(server: RedshiftServer): Promise<DemoSessions> {
  const open = new Set<pg.Client>();
  const connect = async (user: string, applicationName: string) => {
    const client = await server.connect({ user, database: server.database, applicationName });
    // A backend that is ended says so on its connection; in the demonstration that is the point.
    client.on('error', () => open.delete(client));
    open.add(client);
    return client;
  };

  for (let n = 0; n < 4; n += 1) {
    const dashboard = await connect(DEMO_USERS.dashboards, 'Tableau');
    await dashboard.query('select count(*) from sales');
  }
  await connect(DEMO_USERS.etl, 'airflow');
  await connect(DEMO_USERS.etl, 'airflow');
  const forgetful = await connect(DEMO_USERS.forgetful, 'DBeaver');
  await forgetful.query('begin');
  await forgetful.query('update sales set amount = amount + 1 where id = 1');
  const busy = await connect(DEMO_USERS.busy, 'metabase');
  const running = busy.query('select pg_sleep(120)').catch(() => undefined);
  const returning = await connect(DEMO_USERS.returning, 'psql');
  const leaving = await connect(DEMO_USERS.leaving, 'jupyter');

  const leaked = await leakUntilRefused(() => connect(DEMO_USERS.leakingApp, 'web-shop'));
  return {
    returning,
    leaving,
    leaked,
    connectLeakingApp: async () => {
      await connect(DEMO_USERS.leakingApp, 'web-shop');
    },
    closeAll: async () => {
      await Promise.allSettled([...open].filter((client) => client !== busy).map((client) => client.end()));
      // The long query is cut off with the server; waiting for it would take two minutes.
      busy.connection.stream.destroy();
      await running;
    },
  };
}

async function leakUntilRefused(connect: () => Promise<unknown>): Promise<DemoSessions['leaked']> {
  for (let connections = 0; connections < 1000; connections += 1) {
    try {
      await connect();
    } catch (error) {
      if (error instanceof Error && 'code' in error) {
        return { connections, refusedWith: error.message, sqlstate: String(error.code) };
      }
      throw error;
    }
  }
  throw new Error(
    'Expected the server to refuse a connection before the thousandth; it did not. Lower maxConnections.',
  );
}
