import { ExecuteStatementCommand, ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { createDataApiPoolWarehouse } from '../../src/pool/data-api-pool-warehouse.ts';
import { poolKeyOf } from '../../src/pool/pool-key.ts';
import type { PoolLimits } from '../../src/pool/pool-limits.ts';
import type { PooledSessionRecord } from '../../src/pool/pooled-session.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { recordOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline, pipelineConfig, startPipeline, TARGET } from './pipeline.ts';
import { until } from './until.ts';

const poolTarget = { name: TARGET, cluster: 'local', database: 'dev', dbUserTemplate: 'tenant_{tenantId}' };

let pipeline: Pipeline;
let items: SessionPoolTable;

beforeAll(async () => {
  pipeline = await startPipeline({ configPath: pipelineConfig('pool.yml'), maxConnections: 50, waitPace: 0.02 });
  items = createDynamoDbSessionPoolTable({
    client: DynamoDBDocumentClient.from(pipeline.aws.dynamodb),
    tableName: pipeline.cloud.table,
    retentionSeconds: 86_400,
    now: () => pipeline.clock.now(),
  });
});

afterEach(async () => {
  await pipeline.closeSessions();
});

afterAll(async () => {
  await pipeline.stop();
});

/** What one Lambda container of the tenants has. */
function container(limits: Partial<PoolLimits> = {}): SessionPool {
  const now = () => pipeline.clock.now();
  return createSessionPool({
    target: poolTarget,
    table: items,
    warehouse: createDataApiPoolWarehouse({ client: pipeline.aws.redshiftData, target: poolTarget, now }),
    limits: { maxPerTenant: 4, maxPerTarget: 40, keepAliveSeconds: 6 * 3600, ...limits },
    clock: {
      now,
      sleep: (_ms, signal) =>
        new Promise(
          (resolve) =>
            void AbortSignal.any([signal, AbortSignal.timeout(20)]).addEventListener('abort', () => resolve()),
        ),
    },
  });
}

async function signUp(...tenants: string[]): Promise<void> {
  for (const tenant of tenants) {
    await pipeline.admin.client.query(`create role tenant_${tenant} login`);
  }
}

async function itemsOf(tenant: string): Promise<readonly PooledSessionRecord[]> {
  return (await items.readPool(poolKeyOf(poolTarget, tenant))).sessions;
}

/** The tenant's pids at the server. */
async function backendsOf(tenant: string): Promise<number[]> {
  const { rows } = await pipeline.admin.client.query<{ pid: number }>(
    'select pid from pg_stat_activity where usename = $1 order by pid',
    [`tenant_${tenant}`],
  );
  return rows.map(({ pid }) => pid);
}

describe('a reaper beside a pool, on real sessions', () => {
  it('leaves leased sessions alone, ends idle ones with their items, and orphans', async () => {
    await signUp('acme', 'beta', 'gamma');
    const patient = container({ leaseSeconds: 900 });
    const idle = container();
    await idle.query({ tenantId: 'beta', sql: 'select 1' });
    await idle.giveBack();
    // Somebody opens a session as a tenant, and forgets it.
    await pipeline.aws.redshiftData.send(
      new ExecuteStatementCommand({
        ClusterIdentifier: 'local',
        Database: 'dev',
        DbUser: 'tenant_gamma',
        Sql: 'select 1',
        SessionKeepAliveSeconds: 86_400,
        WaitTimeSeconds: 10,
      }),
    );
    const [betaPid] = await backendsOf('beta');
    const [orphan = 0] = await backendsOf('gamma');

    await patient.withSession('acme', async (session) => {
      await session.query({ sql: 'create temp table note as select 42 as answer' });
      await pipeline.clock.advance(11 * MINUTE);
      const run = await pipeline.run();
      expectSucceeded(run);
      expect(summaryOf(run)).toMatchObject({
        kept: { leased: 1 },
        counts: { terminate: 2, warn: 0 },
        outcomes: { gone: 2 },
        unclaimed: {},
      });
      expect((await session.query({ sql: 'select answer from note' })).rows).toEqual([[42]]);
      const [ended] = await itemsOf('beta');
      expect(ended).toMatchObject({ state: 'ended', endReason: 'reaped', pid: betaPid, sessionId: null });
      expect(ended?.events.at(-1)?.by).toBe(`run:${run.id}`);
    });
    expect(await backendsOf('beta')).toEqual([]);
    expect(await backendsOf('gamma')).toEqual([]);
    expect(await recordOf(pipeline, { pid: orphan, user: '', client: pipeline.admin.client })).toMatchObject({
      rule: 'orphans',
      outcome: 'gone',
    });
    // The tenant whose session was ended does not notice.
    expect(await idle.query({ tenantId: 'beta', sql: 'select 2' })).toMatchObject({
      rows: [[2]],
      reusedSession: false,
    });
    await Promise.all([patient.giveBack(), idle.giveBack()]);
  });

  it('never disturbs a query, however runs and queries meet', async () => {
    const tenants = ['red', 'green', 'blue'];
    await signUp(...tenants);
    const containers = tenants.flatMap((tenantId) => [1, 2].map((number) => ({ tenantId, number, pool: container() })));
    const reasons: string[] = [];
    let answers = 0;
    for (let round = 0; round < 6; round += 1) {
      // In turn, some are at work while a run goes on, and the others have been idle for longer than their rule allows.
      const isAtWork = ({ tenantId }: { tenantId: string }) => round === 0 || tenants.indexOf(tenantId) !== round % 3;
      const work = containers.filter(isAtWork).map(async ({ tenantId, number, pool }) => {
        for (let query = 0; query < 8; query += 1) {
          const { rows } = await pool.query({
            tenantId,
            sql: 'select current_user, cast(:n as int)',
            parameters: { n: 100 * number + query },
          });
          expect(rows).toEqual([[`tenant_${tenantId}`, 100 * number + query]]);
          answers += 1;
          if (query === 4) {
            await pool.giveBack();
          }
        }
      });
      const run = await pipeline.run();
      await Promise.all(work);
      expectSucceeded(run);
      const states = (await Promise.all(tenants.map(itemsOf))).flat();
      reasons.push(...states.flatMap(({ endReason }) => endReason ?? []));
      await pipeline.clock.advance(11 * MINUTE);
    }
    expect(answers).toBe(48 + 5 * 32);
    expect(reasons.filter((reason) => reason === 'reaped').length).toBeGreaterThan(3);
    expect(reasons).not.toContain('invalid');

    // All idle: the last run ends every session, and the table says the same as the server.
    const last = await pipeline.run();
    expectSucceeded(last);
    for (const tenant of tenants) {
      expect(await backendsOf(tenant)).toEqual([]);
      expect((await itemsOf(tenant)).filter(({ state }) => state !== 'ended')).toEqual([]);
    }
    expect(await items.readTargetSlots(TARGET)).toEqual([]);
  });

  it('gets in and makes room when sessions of the pool have filled the server', async () => {
    expectSucceeded(await pipeline.run());
    const tenants = Array.from({ length: 12 }, (_, index) => `full${index}`);
    await signUp(...tenants);
    const pool = container({ maxPerTarget: null });
    const open = (tenantId: string) =>
      Array.from({ length: 4 }, () => pool.query({ tenantId, sql: 'select pg_sleep(0.05)' }).then(() => true));
    const before = (await pipeline.alive()).size;
    const results = await Promise.allSettled(tenants.flatMap(open));
    expect((await pipeline.alive()).size - before).toBeGreaterThan(30);
    expect(results.length).toBe(48);
    await expect(pipeline.open('web_shop')).rejects.toMatchObject({ code: '53300' });
    await pool.giveBack();

    await pipeline.clock.advance(11 * MINUTE);
    const run = await pipeline.run();
    expectSucceeded(run);
    expect(summaryOf(run).outcomes.gone).toBeGreaterThan(30);
    expect((await pipeline.alive()).size).toBe(before);
    expect(await pool.query({ tenantId: 'full0', sql: 'select 3' })).toMatchObject({ rows: [[3]] });
    const kept = await pipeline.table.readReaperSession(TARGET);
    const { Sessions } = await pipeline.aws.redshiftData.send(new ListSessionsCommand({ Status: 'AVAILABLE' }));
    expect(Sessions?.map(({ SessionId }) => SessionId)).toContain(kept?.sessionId);
    await until('the shop gets in', async () => await pipeline.open('web_shop').catch(() => null));
  });
});
