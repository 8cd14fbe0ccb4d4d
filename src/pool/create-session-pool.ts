import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { countExhaustion } from './count-exhaustion.ts';
import { KeyPools } from './key-pool.ts';
import type { PoolClock } from './pool-clock.ts';
import type { PoolContext } from './pool-context.ts';
import { poolKeyOf } from './pool-key.ts';
import { InvalidPoolLimits, type PoolLimits, poolLimits } from './pool-limits.ts';
import type { PoolMetrics } from './pool-metrics.ts';
import type { PoolTarget } from './pool-target.ts';
import type { PoolWarehouse } from './pool-warehouse.ts';
import { readStatementRequest } from './read-statement-request.ts';
import { releaseByStatement } from './release-by-statement.ts';
import { resultOfStatement } from './result-of-statement.ts';
import { runQuery } from './run-query.ts';
import { SessionOfTenant } from './session-of-tenant.ts';
import type { SessionPool } from './session-pool.ts';
import type { SessionPoolTable } from './session-pool-table.ts';
import { giveBack } from './settle-lease.ts';
import { submitLong } from './submit-long.ts';
import { sweepPool } from './sweep-pool.ts';

export interface SessionPoolOptions {
  readonly target: PoolTarget;
  readonly table: SessionPoolTable;
  readonly warehouse: PoolWarehouse;
  /** What is not given has its default. */
  readonly limits?: Partial<PoolLimits>;
  /** @default the process's clock */
  readonly clock?: PoolClock;
  /** @default figures go nowhere */
  readonly metrics?: PoolMetrics;
  /** From 0 to less than 1. @default Math.random */
  readonly random?: () => number;
  /** New ids, at most 64 characters, never the same twice. @default random UUIDs */
  readonly newId?: () => string;
  /**
   * Told of what went wrong in giving a session back after a statement; its caller gets the result all the same, and
   * the lease ends by itself.
   *
   * @default a process warning
   */
  readonly onTrouble?: (error: unknown) => void;
}

const SYSTEM_CLOCK: PoolClock = {
  now: () => new Date(),
  sleep: (ms, signal) =>
    delay(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) {
        throw error;
      }
    }),
};

const NO_METRICS: PoolMetrics = { count: () => undefined, duration: () => undefined };

/**
 * A pool of one process (a Lambda container, usually): make it once, outside the handler, so that its leases last from
 * one invocation to the next.
 *
 * @throws InvalidPoolLimits when the limits, or the target's template of database users or secrets, cannot work
 */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  const { target, table, warehouse } = options;
  if (target.dbUserTemplate.split('{tenantId}').length !== 2) {
    throw new InvalidPoolLimits(
      `the template of database users to hold {tenantId} once, got '${target.dbUserTemplate}'`,
    );
  }
  if ('secretTemplate' in target && target.secretTemplate.split('{tenantId}').length !== 2) {
    throw new InvalidPoolLimits(`the template of secrets to hold {tenantId} once, got '${target.secretTemplate}'`);
  }
  const newId = options.newId ?? randomUUID;
  const context: PoolContext = {
    target,
    table,
    warehouse,
    limits: poolLimits(options.limits),
    clock: options.clock ?? SYSTEM_CLOCK,
    metrics: options.metrics ?? NO_METRICS,
    random: options.random ?? Math.random,
    newId,
    holder: newId(),
    onTrouble: options.onTrouble ?? warn,
  };
  const pools = new KeyPools();
  const poolOf = (tenantId: string) => pools.of(poolKeyOf(target, tenantId));

  return {
    async query({ tenantId, ...request }) {
      const pool = poolOf(tenantId);
      const read = readStatementRequest(request);
      return countExhaustion(context, tenantId, () => runQuery(context, pool, read));
    },

    async withSession(tenantId, use) {
      const session = new SessionOfTenant(context, poolOf(tenantId));
      try {
        return await countExhaustion(context, tenantId, () => use(session));
      } finally {
        await session.end();
      }
    },

    async submit({ tenantId, ...request }) {
      const pool = poolOf(tenantId);
      const read = readStatementRequest(request);
      return countExhaustion(context, tenantId, () => submitLong(context, pool, read));
    },

    async result(request) {
      return resultOfStatement(context, poolKeyOf(target, request.tenantId), request);
    },

    releaseByStatement: (event) => releaseByStatement(context, event),

    sweep: (admits) => sweepPool(context, admits),

    async giveBack() {
      for (const pool of pools.all()) {
        for (const lease of pool.idle.splice(0)) {
          await giveBack(context, pool, lease);
        }
      }
    },
  };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : new Error(String(error)));
}
