import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import type { PoolLimits } from '../../src/pool/pool-limits.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import { createMemorySessionPoolTable } from '../../src/session-table/memory-session-pool-table.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { SimulatedDataApi } from './simulated-data-api.ts';
import type { SimulatedSql } from './simulated-statement.ts';

export const TARGET = { name: 'analytics', cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };

/** Pools of several containers on one table and one service, on one clock. */
export interface PoolWorld {
  readonly clock: SimulatedClock;
  readonly api: SimulatedDataApi;
  readonly table: SessionPoolTable;
  /** Calls of the table since the last reset. */
  readonly tableCalls: { count: number };
  readonly counts: Record<string, number>;
  /** A cold container. `crash()` lets none of its calls come back any more. */
  container(limits?: Partial<PoolLimits>): Container;
}

export interface Container extends SessionPool {
  crash(): void;
  /** Crashes after the next call of this method of a port has taken effect. */
  crashAfter(method: string): void;
}

/** @param seed of the pools' random choices */
export function poolWorld(worldLimits: Partial<PoolLimits> = {}, seed = 1): PoolWorld {
  const clock = new SimulatedClock();
  const api = new SimulatedDataApi(clock);
  const table = createMemorySessionPoolTable();
  const tableCalls = { count: 0 };
  const counts: Record<string, number> = {};
  const random = randomFrom(seed);
  let ids = 0;
  return {
    clock,
    api,
    table,
    tableCalls,
    counts,
    container(limits = {}) {
      let isDead = false;
      let lastCall: string | null = null;
      const stop = () => isDead;
      const done = (method: string) => {
        isDead ||= method === lastCall;
      };
      const counted = mortal(table, stop, done, () => {
        tableCalls.count += 1;
      });
      const pool = createSessionPool({
        target: TARGET,
        table: counted,
        warehouse: mortal(api.warehouse(), stop, done, () => undefined),
        limits: { ...worldLimits, ...limits },
        clock,
        random,
        newId: () => {
          ids += 1;
          return `id-${ids}`;
        },
        metrics: {
          count(name) {
            counts[name] = (counts[name] ?? 0) + 1;
          },
          duration: () => undefined,
        },
      });
      return {
        ...pool,
        crash() {
          isDead = true;
        },
        crashAfter(method) {
          lastCall = method;
        },
      };
    },
  };
}

/** SQL of the simulated service. */
export function sql(statement: SimulatedSql): string {
  return JSON.stringify(statement);
}

/** Every method of a port, of which a dead container hears no answer, before or after it takes effect. */
function mortal<T extends object>(
  port: T,
  isDead: () => boolean,
  onDone: (method: string) => void,
  onCall: () => void,
): T {
  return new Proxy(port, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') {
        return method;
      }
      return async (...args: unknown[]) => {
        if (isDead()) {
          return new Promise(() => undefined);
        }
        onCall();
        const answer: unknown = await Reflect.apply(method, target, args);
        onDone(String(name));
        return isDead() ? new Promise(() => undefined) : answer;
      };
    },
  });
}

/** A small generator of its own (mulberry32), so that a failing run can be run again. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
