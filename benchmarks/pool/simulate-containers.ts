import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { createMemorySessionPoolTable } from '../../src/session-table/memory-session-pool-table.ts';
import { SimulatedClock } from '../../test/pool/simulated-clock.ts';
import { SimulatedDataApi } from '../../test/pool/simulated-data-api.ts';
import { Random } from '../../test/simulation/engine/random.ts';
import { WrongResult } from '../harness/wrong-result.ts';
import { errorLabel } from './error-label.ts';
import type { Plan } from './plan.ts';

/** Milliseconds: of a table call, of a Data API call, of a connection from and to, of a statement. */
const TIMES = { table: 5, dataApi: 20, from: 200, to: 500, statement: 3 };

export interface ContainersResult {
  readonly callers: number;
  readonly cap: number;
  readonly queries: number;
  /** Milliseconds of each container's first query, and of all others. */
  readonly first: readonly number[];
  readonly later: readonly number[];
  readonly errors: Readonly<Record<string, number>>;
  readonly wallMs: number;
  readonly tableCalls: number;
  readonly dataApiCalls: number;
  readonly mostSessions: number;
}

/**
 * A container for each caller, on virtual time: each Lambda container has a processor of its own, where a hundred in one
 * process would measure that process. Calls take the injected latencies, half of it before the effect; nothing else
 * takes time. The same seed gives the same figures on every machine.
 *
 * @throws WrongResult when an answer is wrong, or a statement ran on a session that another one had
 */
export async function simulateContainers({
  callers,
  cap,
  queries,
}: Plan['containers'][number]): Promise<ContainersResult> {
  const clock = new SimulatedClock();
  const service = new SimulatedDataApi(clock);
  const random = new Random(1).next;
  const calls = { table: 0, dataApi: 0 };
  let ids = 0;

  /** The port, each of whose calls is counted and takes its time. */
  function slowed<T extends object>(port: T, kind: 'table' | 'dataApi'): T {
    return new Proxy(port, {
      get(target, name, receiver) {
        const method: unknown = Reflect.get(target, name, receiver);
        if (typeof method !== 'function') {
          return method;
        }
        return async (...args: unknown[]) => {
          calls[kind] += 1;
          const ms = TIMES[kind] + (opensSession(args[0]) ? TIMES.from + (TIMES.to - TIMES.from) * random() : 0);
          await clock.sleep(ms / 2);
          try {
            return (await Reflect.apply(method, target, args)) as unknown;
          } finally {
            await clock.sleep(ms / 2);
          }
        };
      },
    });
  }

  const table = slowed(createMemorySessionPoolTable(), 'table');
  const warehouse = slowed(service.warehouse(), 'dataApi');
  const target = { name: 'analytics', cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };
  const newId = () => {
    ids += 1;
    return `id-${ids}`;
  };
  const [first, later]: [number[], number[]] = [[], []];
  const errors: Record<string, number> = {};

  async function run(caller: number): Promise<void> {
    const pool = createSessionPool({
      ...{ target, table, warehouse, clock, random, newId },
      limits: { maxPerTenant: cap },
    });
    for (let query = 0; query < queries; query += 1) {
      const value = `${caller}/${query}`;
      const started = clock.now().getTime();
      try {
        const sql = JSON.stringify({ value, ms: TIMES.statement });
        const { rows } = await pool.query({ tenantId: 'acme', sql });
        if (rows[0]?.[0] !== value) {
          throw new WrongResult('the pool', `to answer ${value}`, JSON.stringify(rows));
        }
        (query === 0 ? first : later).push(clock.now().getTime() - started);
      } catch (error) {
        if (error instanceof WrongResult) {
          throw error;
        }
        errors[errorLabel(error)] = (errors[errorLabel(error)] ?? 0) + 1;
      }
    }
  }

  const started = clock.now().getTime();
  await clock.finish(Promise.all(Array.from({ length: callers }, (_, caller) => run(caller))));
  const wallMs = clock.now().getTime() - started;
  if (service.violations.length > 0) {
    throw new WrongResult('the pool', 'to keep sessions apart', service.violations.join('; '));
  }
  return {
    ...{ callers, cap, first, later, errors, wallMs },
    queries: callers * queries,
    tableCalls: calls.table,
    dataApiCalls: calls.dataApi,
    mostSessions: service.most['tenant_acme'] ?? 0,
  };
}

function opensSession(statement: unknown): boolean {
  return (
    typeof statement === 'object' &&
    statement !== null &&
    'place' in statement &&
    JSON.stringify(statement.place).includes('"kind":"new"')
  );
}
