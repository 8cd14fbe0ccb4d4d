import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pg from 'pg';
import { userOf } from './contender.ts';
import { type CloudProcess, startCloudProcess } from './start-cloud-process.ts';

/** What all contenders have: one cloud, one client of each service with sockets for everyone. */
export interface World {
  readonly cloud: CloudProcess;
  readonly redshift: RedshiftDataClient;
  readonly documents: DynamoDBDocumentClient;
  /** A superuser's connection, to watch and to end backends. */
  readonly admin: pg.Client;
  /** A tenant that nobody had before, with its database user. */
  newTenant(): Promise<string>;
  /** Ends all backends of tenants and waits until the server has their slots back. */
  endBackends(tenant?: string): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(): Promise<World> {
  const cloud = await startCloudProcess();
  const { host, port, user, database } = cloud.postgres;
  const admin = new pg.Client({ host, port, user, database, password: '', ssl: false });
  const shared = {
    region: 'us-east-1',
    endpoint: cloud.endpoint,
    credentials: { accessKeyId: 'tenants', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 1_000 } },
  };
  const redshift = new RedshiftDataClient(shared);
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient(shared));
  let tenants = 0;
  await admin.connect();
  const backendsOf = async (users: string) => {
    const { rows } = await admin.query<{ backends: number }>(
      'select count(*)::int as backends from pg_stat_activity where usename like $1',
      [users],
    );
    return rows[0]?.backends ?? 0;
  };
  return {
    cloud,
    redshift,
    documents,
    admin,
    async newTenant() {
      tenants += 1;
      const tenant = `t${tenants}`;
      await admin.query(`create role ${userOf(tenant)} login`);
      return tenant;
    },
    async endBackends(tenant) {
      const users = userOf(tenant ?? '%').replaceAll('_', '\\_');
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where usename like $1', [users]);
      const until = performance.now() + 30_000;
      while ((await backendsOf(users)) > 0) {
        if (performance.now() > until) {
          throw new Error('Expected the backends of tenants to be gone within 30 s of their end.');
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop() {
      redshift.destroy();
      documents.destroy();
      await admin.end().finally(cloud.stop);
    },
  };
}
