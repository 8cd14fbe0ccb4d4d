import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { loadConfig } from '../../src/config/load-config.ts';
import { isPooled, poolTargetOf } from '../../src/config/pool-config.ts';
import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { createDataApiPoolWarehouse } from '../../src/pool/data-api-pool-warehouse.ts';
import type { PoolCount } from '../../src/pool/pool-metrics.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import type { LocalCloud } from '../local-cloud.ts';
import type { DemoReport } from './demo-report.ts';

/** Who queries, each name once per loop: `acme` has two queries under way at once. */
const CALLERS = ['acme', 'acme', 'globex'] as const;

/** The tenants' database users, by the template of slotkeeper.demo.yml. */
export const TENANT_USERS = [...new Set(CALLERS)].map((tenant) => `tenant_${tenant}`);

/** Tenants' functions have a role of their own, and so an identity that is not the runs'. */
const CREDENTIALS = { accessKeyId: 'tenants', secretAccessKey: 'local' };

/** Pause between two queries of a caller, milliseconds: the service takes 20 GetStatementResult a second. */
const PAUSE_MS = 250;

/** Tenants that query all the while, through the session pool. */
export interface TenantTraffic {
  figures(): DemoReport['pool'];
  /** How many callers there are. */
  readonly callers: number;
  /**
   * Ends it, and waits for the queries under way.
   *
   * @throws what a query failed with: in the demonstration none may
   */
  stop(): Promise<void>;
}

/**
 * Opens the tenants' sessions with a first query each, then goes on querying.
 *
 * @param configPath whose target is queried
 */
export async function startTenantTraffic(cloud: LocalCloud, configPath: string): Promise<TenantTraffic> {
  const counts: Record<PoolCount, number> = {
    SessionHit: 0,
    SessionMiss: 0,
    SessionCreated: 0,
    SessionExpired: 0,
    SessionInvalid: 0,
    LeaseConflict: 0,
    PoolExhausted: 0,
  };
  const where = { endpoint: cloud.endpoint, region: cloud.region, credentials: CREDENTIALS };
  const clients = { dynamodb: new DynamoDBClient(where), redshift: new RedshiftDataClient(where) };
  const pool = makePool(configPath, cloud.table, clients, (name) => {
    counts[name] += 1;
  });
  const stopping = new AbortController();
  let queries = 0;

  async function ask(tenantId: string): Promise<void> {
    const { rows } = await pool.query({ tenantId, sql: 'select current_user, count(*) from sales' });
    const [row] = rows;
    if (row?.[0] !== `tenant_${tenantId}` || row[1] !== 100) {
      throw new Error(`Expected ${tenantId}'s own user and 100 sales, got ${JSON.stringify(rows)}.`);
    }
    queries += 1;
  }

  async function askOn(tenantId: string): Promise<void> {
    while (!stopping.signal.aborted) {
      await ask(tenantId);
      await delay(PAUSE_MS);
    }
  }

  async function close(): Promise<void> {
    await pool.giveBack();
    clients.dynamodb.destroy();
    clients.redshift.destroy();
  }

  await Promise.all(CALLERS.map(ask));
  const loops = Promise.allSettled(CALLERS.map(askOn));
  return {
    callers: CALLERS.length,
    figures: () => ({ queries, hits: counts.SessionHit, sessions: counts.SessionCreated }),
    async stop() {
      stopping.abort();
      const failed = (await loops).find((loop) => loop.status === 'rejected');
      await close();
      if (failed !== undefined) {
        throw failed.reason;
      }
    },
  };
}

function makePool(
  configPath: string,
  tableName: string,
  clients: { dynamodb: DynamoDBClient; redshift: RedshiftDataClient },
  count: (name: PoolCount) => void,
): SessionPool {
  const target = Object.values(loadConfig(configPath).targets).find(isPooled);
  if (target === undefined) {
    throw new Error(`Expected a target with a pool in ${configPath}.`);
  }
  const place = poolTargetOf(target);
  const now = () => new Date();
  return createSessionPool({
    target: place,
    table: createDynamoDbSessionPoolTable({
      client: DynamoDBDocumentClient.from(clients.dynamodb),
      tableName,
      retentionSeconds: 3600,
      now,
    }),
    warehouse: createDataApiPoolWarehouse({ client: clients.redshift, target: place, now }),
    limits: target.pool.limits,
    metrics: { count, duration: () => undefined },
  });
}
