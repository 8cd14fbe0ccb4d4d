import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ApiConfig } from '../config/api-config.ts';
import { loadConfig } from '../config/load-config.ts';
import { poolTargetOf } from '../config/pool-config.ts';
import { METRIC_NAMESPACE } from '../messaging/metric-names.ts';
import { type BufferedPoolMetrics, createPowertoolsPoolMetrics } from '../messaging/powertools-pool-metrics.ts';
import { createSessionPool } from '../pool/create-session-pool.ts';
import { createDataApiPoolWarehouse } from '../pool/data-api-pool-warehouse.ts';
import { createTenantPools } from '../queries/create-tenant-pools.ts';
import type { TenantPools } from '../queries/tenant-pools.ts';
import { createDynamoDbSessionPoolTable } from '../session-table/dynamodb-session-pool-table.ts';
import { readTenantEnvironment } from './lambda-environment.ts';

/** What the functions of tenants' queries need from the world. */
export interface TenantRuntime {
  readonly pools: TenantPools;
  /** The HTTP API; null: it is off. */
  readonly api: ApiConfig | null;
  /** Writes the figures of this invocation. */
  flushMetrics(): void;
}

let runtime: TenantRuntime | undefined;

/**
 * The composition root of the functions of tenants' queries. Built at the first call and kept while the container
 * lives: connections are reused, and so is the session that the container has leased.
 *
 * @throws EnvironmentIncomplete, InvalidConfig when it cannot be built; the next call tries again
 */
export function tenantRuntime(): TenantRuntime {
  runtime ??= compose();
  return runtime;
}

function compose(): TenantRuntime {
  const environment = readTenantEnvironment(process.env);
  const config = loadConfig(environment.configPath);
  const now = () => new Date();
  const redshift = new RedshiftDataClient({});
  const table = createDynamoDbSessionPoolTable({
    client: DynamoDBDocumentClient.from(new DynamoDBClient({})),
    tableName: environment.tableName,
    retentionSeconds: config.runs.retention,
    now,
  });
  const metrics: BufferedPoolMetrics[] = [];
  return {
    api: config.api ?? null,
    pools: createTenantPools(config, (target) => {
      const figures = createPowertoolsPoolMetrics({
        namespace: METRIC_NAMESPACE,
        target: target.name,
        tenantDimension: target.pool.metrics.tenantDimension,
      });
      metrics.push(figures);
      const where = poolTargetOf(target);
      return createSessionPool({
        target: where,
        table,
        warehouse: createDataApiPoolWarehouse({ client: redshift, target: where, now }),
        limits: target.pool.limits,
        metrics: figures,
      });
    }),
    flushMetrics: () => {
      for (const figures of metrics) {
        figures.flush();
      }
    },
  };
}
