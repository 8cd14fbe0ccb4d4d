import type { SlotkeeperConfig } from '../../src/config/slotkeeper-config.ts';
import { poolLimits } from '../../src/pool/pool-limits.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { createDynamoDbSessionTable } from '../../src/session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { createTablePace } from '../../src/session-table/table-pace.ts';
import { Random } from '../../test/simulation/engine/random.ts';
import { Scheduler } from '../../test/simulation/engine/scheduler.ts';
import { Cluster, type ClusterBackend } from '../../test/simulation/server/cluster.ts';
import { DataApi } from '../../test/simulation/server/data-api.ts';
import { exampleTarget } from '../../test/support/example-target.ts';
import { EVERYONE } from '../../test/support/reaper-world.ts';
import { MeteringAccount } from './account/metering-account.ts';
import { ASSUMED, SESSIONS } from './assumptions.ts';
import { MeteredDynamoDb } from './table/metered-dynamodb.ts';

/** Connections of a cluster besides its people's sessions, of which 500 may be the Data API's (AWS page amazon-redshift-limits). */
const MORE_CONNECTIONS = 580;
const RETENTION_SECONDS = 7_776_000;

/** Whoever is signalled goes at once, as the counted runs of scripts/cost/measured.json saw it: one look shows all gone. */
class CalmCluster extends Cluster {
  override signal(backend: ClusterBackend): void {
    backend.doomed = true;
    this.scheduler.after(this.scheduler.random.between(1, 300), '', () => this.end(backend, 'signalled'));
  }
}

/** A cluster and the Data API's view of it. */
export interface Site {
  readonly name: string;
  readonly cluster: Cluster;
  readonly api: DataApi;
}

/** One account in one Region on virtual time: its clusters, the Data API's door, the session table. */
export interface Region {
  readonly scheduler: Scheduler;
  readonly account: MeteringAccount;
  readonly dynamoDb: MeteredDynamoDb;
  /** The session table as one process of a run has it, with the pace of its own. */
  openTable(): SessionTable;
  readonly pool: SessionPoolTable;
  readonly config: SlotkeeperConfig;
  readonly sites: ReadonlyMap<string, Site>;
  readonly now: () => Date;
  sleep(ms: number): Promise<void>;
}

/**
 * @param targets how many; each a cluster of its own
 * @param sessions of people on each, which idle from now on
 */
export function createRegion(targets: number, seed: number, sessions = SESSIONS): Region {
  const scheduler = new Scheduler(new Random(seed));
  const clock = () => scheduler.now;
  const now = () => new Date(scheduler.now);
  const sleep = (ms: number) => scheduler.sleep(ms);
  const dynamoDb = new MeteredDynamoDb(clock, () => sleep(ASSUMED.table));
  const names = Array.from({ length: targets }, (_, index) => `target-${index + 1}`);
  const sites = new Map(names.map((name) => [name, siteOf(name, scheduler, sessions)]));
  const common = { client: dynamoDb.client, tableName: 'sessions', retentionSeconds: RETENTION_SECONDS, now };
  return {
    scheduler,
    account: new MeteringAccount(clock),
    dynamoDb,
    openTable: () =>
      createDynamoDbSessionTable({ ...common, wait: sleep, pace: createTablePace({ now: clock, sleep }) }),
    pool: createDynamoDbSessionPoolTable(common),
    config: configOf(names, sessions),
    sites,
    now,
    sleep,
  };
}

function siteOf(name: string, scheduler: Scheduler, sessions: number): Site {
  const cluster = new CalmCluster(scheduler, 0, MORE_CONNECTIONS + sessions);
  const api = new DataApi(cluster, { failed: 0, aborted: 0, stuck: 0 });
  cluster.onDeath = (backend) => api.lose(backend);
  for (let index = 0; index < sessions; index += 1) {
    cluster.open({ kind: 'client', user: 'web_shop', application: 'shop' });
  }
  return { name, cluster, api };
}

/** As `slotkeeper.yml` has it where nothing else is said. */
function configOf(names: readonly string[], sessions: number): SlotkeeperConfig {
  const pool = {
    dbUser: 'tenant_{tenantId}',
    tenants: ['*'],
    limits: poolLimits(),
    metrics: { tenantDimension: false },
  };
  const target = (name: string) =>
    exampleTarget({
      ...{ name, cluster: name, dbUser: 'slotkeeper', rules: [EVERYONE], pool },
      caps: { maxTerminations: sessions, maxShare: 1 },
    });
  return {
    targets: Object.fromEntries(names.map((name) => [name, target(name)])),
    notices: {
      defaultOwner: 'data-platform@example.com',
      owners: [],
      snooze: { max: 3_600, perOwnerPerDay: 10 },
      subscriptions: { owners: [], operators: [] },
      requireConfirmed: true,
      rate: { messages: 12, per: 3_600 },
    },
    runs: {
      lockFor: 960,
      pollWaits: [1, 1, 2, 3, 5, 8, 13, 20, 30, 30],
      settle: { rounds: 5, wait: 2 },
      sessionKeepAlive: 3_600,
      retention: RETENTION_SECONDS,
      planValidFor: 900,
      startWithin: 60,
    },
  };
}
