import { createSessionPool } from '../../../src/pool/create-session-pool.ts';
import { SubmitRefused } from '../../../src/pool/errors/submit-refused.ts';
import type { PoolWarehouse } from '../../../src/pool/pool-warehouse.ts';
import type { SessionPool } from '../../../src/pool/session-pool.ts';
import { TARGET as POOL_TARGET } from '../../pool/pool-world.ts';
import type { SimulatedProcess } from '../engine/process.ts';
import type { ApiStatement } from '../server/api-statement.ts';
import { createTenantWarehouse } from '../server/tenant-warehouse.ts';
import { letAdversaryAct } from './adversary.ts';
import { PORT_ERRORS } from './port-errors.ts';
import type { World } from './world.ts';

export const TENANTS = ['acme', 'blue', 'cyan'] as const;
const CONTAINERS = 4;

/** What came of tenants' queries. */
export interface TenantCounts {
  queries: number;
  answered: number;
  readonly failures: Record<string, number>;
}

/** The end of a statement, as its event tells it. */
interface Told {
  readonly statement: ApiStatement;
  readonly state: 'FINISHED' | 'FAILED' | 'ABORTED';
  readonly at: string;
}

export interface Container {
  readonly process: SimulatedProcess;
  readonly pool: SessionPool;
}

/** Opens a cold container: a process with a pool of its own. */
export function openContainer(world: World, name: string): Container {
  const { layer, tables, scheduler } = world;
  const process = world.process(name);
  let ids = 0;
  const pool = createSessionPool({
    target: POOL_TARGET,
    table: layer.between(process, tables.pool, 'pool', PORT_ERRORS.table),
    warehouse: refusingLate(
      layer.between(process, createTenantWarehouse(world.api, process), 'data-api', PORT_ERRORS.tenants),
      process,
    ),
    limits: world.scenario.limits,
    clock: { now: process.now, sleep: (ms, signal) => process.sleep(ms, signal) },
    random: scheduler.random.next,
    newId: () => {
      ids += 1;
      return `${name}-${ids}`;
    },
    onTrouble: (error) => scheduler.note(`${name} has trouble: ${error instanceof Error ? error.name : String(error)}`),
  });
  return { process, pool };
}

/** Tenants' queries in bursts, from containers that come, freeze and die; events of ended statements reach any of them. */
export function letTenantsIn(world: World, until: number, onWrong: (text: string) => void): TenantCounts {
  const { scheduler, scenario, layer, api, tables } = world;
  const { random } = scheduler;
  const counts: TenantCounts = { queries: 0, answered: 0, failures: {} };
  let opened = 0;
  const open = () => {
    opened += 1;
    return openContainer(world, `container-${opened}`);
  };
  const containers = Array.from({ length: CONTAINERS }, open);
  const some = () => random.pick(containers);

  const watch = (work: Promise<unknown>, value: string) => {
    counts.queries += 1;
    work.then(
      (answer) => {
        counts.answered += 1;
        const rows: unknown = typeof answer === 'object' && answer !== null && 'rows' in answer ? answer.rows : null;
        if (JSON.stringify(rows) !== JSON.stringify([[value]])) {
          onWrong(`a query for ${value} was answered by ${JSON.stringify(rows)}`);
        }
      },
      (error: unknown) => {
        const name = error instanceof Error ? error.name : 'Error';
        counts.failures[name] = (counts.failures[name] ?? 0) + 1;
        if (!EXPECTED.has(name)) {
          onWrong(`a query failed with ${error instanceof Error ? `${name}: ${error.message}` : String(error)}`);
        }
      },
    );
  };

  const ask = (tenantId: string = random.pick(TENANTS), { pool }: Container = some()) => {
    const value = `${tenantId}-${counts.queries + 1}`;
    const sqlOf = (ms: number) =>
      JSON.stringify({ value, ms, ...(random.chance(0.03) ? { fail: 'ERROR: broken' } : {}) });
    const sql = sqlOf(random.pick([0, 30, 300, 3_000, 20_000]));
    const kind = random.next();
    if (kind < 0.7) {
      watch(pool.query({ tenantId, sql }), value);
    } else if (kind < 0.82) {
      const work = pool.withSession(tenantId, async (session) => {
        await session.query({ sql: 'begin' });
        const answer = await session.query({ sql });
        await session.query({ sql: 'commit' });
        return answer;
      });
      watch(work, value);
    } else {
      // Some outlast the lease that follows a statement: whoever comes then has to see that it runs.
      watch(
        pool.submit({ tenantId, sql: sqlOf(random.pick([0, 300, 20_000, 150_000])) }).then(() => ({ rows: [[value]] })),
        value,
      );
    }
  };

  const burst = () => {
    if (scheduler.now >= until) {
      return;
    }
    for (let more = random.between(1, 4); more > 0; more -= 1) {
      scheduler.after(random.between(0, 1_500), '', () => ask());
    }
    scheduler.after(
      random.chance(0.3) ? random.between(300_000, 1_000_000) : random.between(2_000, 120_000),
      '',
      burst,
    );
  };

  const change = () => {
    if (scheduler.now < until) {
      const index = random.between(0, containers.length - 1);
      const old = containers[index];
      if (world.isTroubled() && random.chance(scenario.processes.crash * 10)) {
        layer.count('container-crash');
        old?.process.die();
        containers[index] = open();
      } else if (random.chance(0.2)) {
        old?.pool.giveBack().catch(() => undefined);
      } else if (random.chance(0.15)) {
        old?.pool.sweep().catch(() => undefined);
      }
      scheduler.after(random.between(20_000, 200_000), '', change);
    }
  };

  const told = new Map<string, Told>();
  const tell = ({ statement, state, at }: Told) => {
    const event = { statementId: statement.id, statementName: statement.name, state, at };
    some()
      .pool.releaseByStatement(event)
      .catch(() => undefined);
  };
  api.onEnd = (statement) => {
    const { status: state } = statement;
    if (statement.withEvent && (state === 'FINISHED' || state === 'FAILED' || state === 'ABORTED')) {
      const at = new Date(scheduler.now).toISOString();
      for (let copies = random.chance(0.3) ? 2 : 1; copies > 0; copies -= 1) {
        scheduler.after(random.between(100, 5_000), '', () => tell({ statement, state, at }));
      }
      told.set(statement.session.id, { statement, state, at });
    }
  };
  // Events come at least once, and in any order: one comes again when somebody else has the session, who then uses it.
  tables.watch({
    session(_before, { sessionId, state, lease, events, key }) {
      const event = sessionId === null ? undefined : told.get(sessionId);
      const isNew = state === 'leased' && events.at(-1)?.type === 'leased';
      const holder = containers.find(({ process }) => `${process.name}-1` === lease?.holder);
      if (event !== undefined && isNew && holder !== undefined && world.isTroubled() && random.chance(0.2)) {
        layer.count('event-again');
        const delay = random.between(0, 2_000);
        scheduler.after(delay, '', () => tell(event));
        scheduler.after(delay + random.between(500, 2_000), '', () => ask(key.tenant, holder));
      }
    },
  });
  letAdversaryAct(world, until, ask);
  scheduler.after(500, '', burst);
  scheduler.after(30_000, '', change);
  return counts;
}

/** As the real adapter: no submission leaves after its lease. */
function refusingLate(warehouse: PoolWarehouse, process: SimulatedProcess): PoolWarehouse {
  return {
    describe: (...args) => warehouse.describe(...args),
    fetchPage: (...args) => warehouse.fetchPage(...args),
    cancel: (...args) => warehouse.cancel(...args),
    findSession: (...args) => warehouse.findSession(...args),
    findStatements: (...args) => warehouse.findStatements(...args),
    listSessions: () => warehouse.listSessions(),
    async submit(statement) {
      if (process.now() > statement.notAfter) {
        throw new SubmitRefused('lease-over', 'analytics');
      }
      return await warehouse.submit(statement);
    },
  };
}

/** Errors with stable names that a caller may see; whatever else comes is a fault of the pool's. */
const EXPECTED: ReadonlySet<string> = new Set([
  'PoolExhausted',
  'StatementFailed',
  'QueryTimedOut',
  'SessionLost',
  'DataApiFailed',
  // The table's own, where the SDK's tries are used up.
  'ProvisionedThroughputExceededException',
  'InternalServerError',
  'TimeoutError',
]);
