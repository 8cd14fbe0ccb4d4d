import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { SubmitRefused } from '../../src/pool/errors/submit-refused.ts';
import type { PoolWarehouse } from '../../src/pool/pool-warehouse.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import { SimulatedProcess } from '../../test/simulation/engine/process.ts';
import { createTenantWarehouse } from '../../test/simulation/server/tenant-warehouse.ts';
import { PORT_ERRORS } from '../../test/simulation/world/port-errors.ts';
import { LambdaFleet } from './account/lambda-fleet.ts';
import type { Operation } from './account/metering-account.ts';
import { SdkClient, Throttled } from './account/sdk-client.ts';
import { ASSUMED } from './assumptions.ts';
import type { Region, Site } from './region.ts';

/** What came of tenants' queries that began since the last reset. */
export interface TenantFigures {
  asked: number;
  answered: number;
  /** Milliseconds, of those that were answered. */
  readonly times: number[];
  /** By the error's name. */
  readonly failures: Record<string, number>;
  /** Answers that were not the query's own. */
  wrong: number;
}

interface Container {
  readonly process: SimulatedProcess;
  readonly client: SdkClient;
  readonly pools: Map<string, SessionPool>;
}

/** Tenants' functions under load. */
export interface TenantLoad {
  readonly fleet: LambdaFleet<Container>;
  figures: TenantFigures;
  /** From now on so many queries per second come, at random moments; 0: none. */
  setRate(perSecond: number): void;
  reset(): void;
}

/**
 * Tenants' queries. How often each asks follows Zipf's law (exponent 1): of 10,000 the first asks every tenth query. Each
 * tenant belongs to one target; containers serve whoever comes.
 */
export function createTenantLoad(region: Region, count: number): TenantLoad {
  const { scheduler, account, sleep } = region;
  const { random } = scheduler;
  const sites = [...region.sites.values()];
  const pickTenant = zipf(count, random.next);
  let ids = 0;
  let rate = 0;
  let epoch = 0;
  const fleet = new LambdaFleet<Container>(
    (_, index) => ({
      process: new SimulatedProcess(scheduler, `container-${index}`, 0),
      client: new SdkClient({ account, caller: 'tenants', random: random.next, sleep, latencyMs: ASSUMED.dataApi }),
      pools: new Map(),
    }),
    sleep,
    ASSUMED.coldStart,
  );
  const load: TenantLoad = {
    fleet,
    figures: noFigures(),
    setRate(perSecond) {
      rate = perSecond;
      epoch += 1;
      arrive(epoch);
    },
    reset() {
      load.figures = noFigures();
      fleet.reset();
    },
  };

  function arrive(of: number): void {
    if (rate === 0 || of !== epoch) {
      return;
    }
    scheduler.after((-Math.log(1 - random.next()) / rate) * 1000, '', () => {
      if (of === epoch) {
        void ask(pickTenant());
        arrive(of);
      }
    });
  }

  async function ask(number: number): Promise<void> {
    const { figures } = load;
    const begun = scheduler.now;
    const value = `answer-${figures.asked}-${number}`;
    const site = sites[number % sites.length] as Site;
    figures.asked += 1;
    try {
      await sleep(ASSUMED.invoke);
      const answer = await fleet.invoke('runQuery', async (container) => {
        const ms = random.between(ASSUMED.statementLeast, ASSUMED.statementMost);
        return await poolOf(container, site).query({
          tenantId: `tenant-${number}`,
          sql: JSON.stringify({ value, ms }),
        });
      });
      figures.answered += 1;
      figures.times.push(scheduler.now - begun);
      figures.wrong += JSON.stringify(answer.rows) === JSON.stringify([[value]]) ? 0 : 1;
    } catch (error) {
      const name = error instanceof Error ? error.name : String(error);
      figures.failures[name] = (figures.failures[name] ?? 0) + 1;
    }
  }

  function poolOf({ process, client, pools }: Container, site: Site): SessionPool {
    const known = pools.get(site.name);
    if (known !== undefined) {
      return known;
    }
    const pool = createSessionPool({
      target: { name: site.name, cluster: site.name, database: 'dev', dbUserTemplate: 'tenant_{tenantId}' },
      table: region.pool,
      warehouse: meteredWarehouse(region, process, client, site),
      limits: region.config.targets[site.name]?.pool?.limits ?? {},
      clock: { now: process.now, sleep: (ms, signal) => process.sleep(ms, signal) },
      random: random.next,
      newId: () => {
        ids += 1;
        return `id-${ids}`;
      },
      onTrouble: (error) => {
        const name = `trouble: ${error instanceof Error ? error.name : String(error)}`;
        load.figures.failures[name] = (load.figures.failures[name] ?? 0) + 1;
      },
    });
    pools.set(site.name, pool);
    return pool;
  }
  return load;
}

function noFigures(): TenantFigures {
  return { asked: 0, answered: 0, times: [], failures: {}, wrong: 0 };
}

/** A container's way to the Data API: its SDK client, the account's door, and the errors of the real adapter. */
function meteredWarehouse(region: Region, process: SimulatedProcess, client: SdkClient, site: Site): PoolWarehouse {
  const plain = createTenantWarehouse(site.api, process);
  const { scheduler, sleep } = region;
  const send = async <T>(operation: Operation, effect: () => Promise<T>): Promise<T> => {
    try {
      return await client.send(operation, effect);
    } catch (error) {
      throw error instanceof Throttled ? PORT_ERRORS.tenants.throttled(`data-api.${operation}`) : error;
    }
  };
  return {
    async submit(statement) {
      const refuseLate = () => {
        if (process.now() > statement.notAfter) {
          throw new SubmitRefused('lease-over', site.name);
        }
      };
      const effect = async () => {
        if (statement.place.kind === 'new') {
          await sleep(scheduler.random.between(ASSUMED.connectLeast, ASSUMED.connectMost));
        }
        return await plain.submit(statement);
      };
      try {
        return await client.send('ExecuteStatement', effect, refuseLate);
      } catch (error) {
        throw error instanceof Throttled ? new SubmitRefused('throttled', site.name) : error;
      }
    },
    describe: (id, seconds) => send('DescribeStatement', () => plain.describe(id, seconds)),
    fetchPage: (id, token) => send('GetStatementResult', () => plain.fetchPage(id, token)),
    cancel: (id) => send('CancelStatement', () => plain.cancel(id)),
    // No rate of ListSessions and ListStatements is held against them here.
    findSession: (id) => plain.findSession(id),
    findStatements: (prefix) => plain.findStatements(prefix),
    listSessions: () => plain.listSessions(),
  };
}

/** Draws 0, 1, 2, … with probabilities that fall as 1, 1/2, 1/3, … */
function zipf(count: number, next: () => number): () => number {
  const sums: number[] = [];
  let sum = 0;
  for (let rank = 1; rank <= count; rank += 1) {
    sum += 1 / rank;
    sums.push(sum);
  }
  return () => {
    const drawn = next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < drawn) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  };
}
