import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { createDataApiPoolWarehouse } from '../../src/pool/data-api-pool-warehouse.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import type { Contender } from './contender.ts';
import type { World } from './world.ts';

const TARGET = { cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };

/** How a contender uses pools. */
export interface PoolUse {
  /** Most sessions of the tenant. */
  readonly cap: number;
  /** Pool instances, each as a Lambda container or a server process has one; callers are spread over them. */
  readonly containers: number;
}

/** Slotkeeper's pool with its default limits, that of the tenant apart. */
export async function poolContender(world: World, name: string, use: PoolUse): Promise<Contender> {
  const tenant = await world.newTenant();
  const pools = Array.from({ length: use.containers }, () => container(world, tenant, use.cap));
  return {
    name,
    tenant,
    cap: use.cap,
    isTrusted: true,
    open: async () => undefined,
    async query(caller, { sql, value }) {
      const pool = pools[caller % pools.length] ?? container(world, tenant, use.cap);
      return (await pool.query({ tenantId: tenant, sql, parameters: { value } })).rows;
    },
  };
}

/** Each query in a container that was never used before, with an idle session in the table. */
export async function coldPoolContender(world: World, name: string): Promise<Contender> {
  const tenant = await world.newTenant();
  let last: SessionPool | null = null;
  return {
    name,
    tenant,
    cap: 1,
    isTrusted: true,
    open: async () => undefined,
    async query(_caller, { sql, value }) {
      last = container(world, tenant, 1);
      return (await last.query({ tenantId: tenant, sql, parameters: { value } })).rows;
    },
    afterEach: async () => last?.giveBack(),
  };
}

function container(world: World, tenant: string, maxPerTenant: number): SessionPool {
  const now = () => new Date();
  // A target each: what earlier contenders left in the table, ended from outside, would hold slots of it.
  const target = { ...TARGET, name: `local-${tenant}` };
  return createSessionPool({
    target,
    table: createDynamoDbSessionPoolTable({
      client: world.documents,
      tableName: world.cloud.table,
      retentionSeconds: 3_600,
      now,
    }),
    warehouse: createDataApiPoolWarehouse({ client: world.redshift, target, now }),
    limits: { maxPerTenant },
  });
}
