import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { RedshiftDataClient } from '@aws-sdk/client-redshift-data';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createSessionPool } from '../../src/pool/create-session-pool.ts';
import { createDataApiPoolWarehouse } from '../../src/pool/data-api-pool-warehouse.ts';
import type { PoolClock } from '../../src/pool/pool-clock.ts';
import type { PoolLimits } from '../../src/pool/pool-limits.ts';
import type { PoolTarget } from '../../src/pool/pool-target.ts';
import type { SessionPool } from '../../src/pool/session-pool.ts';
import type { SessionPoolTable } from '../../src/pool/session-pool-table.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { type Harness, startHarness } from '../local/data-api-harness.ts';
import { startDynalite, type TestDynamoDb } from '../support/start-dynalite.ts';
import { TARGET } from './pool-world.ts';
import { type RecordingEndpoint, startRecordingEndpoint } from './recording-endpoint.ts';

const TENANT_BACKENDS =
  "select count(*)::int as backends from pg_stat_activity where usename like 'tenant\\_%' group by usename";

const TENANTS = Array.from({ length: 20 }, (_, index) => `t${index}`);

let harness: Harness;
let dynamodb: TestDynamoDb;
let dataApi: RecordingEndpoint;
let tables: RecordingEndpoint;
let redshift: RedshiftDataClient;
let documents: DynamoDBDocumentClient;
let table: SessionPoolTable;
let tableNumber = 0;
const counts: Record<string, number> = {};
const troubles: unknown[] = [];

beforeAll(async () => {
  [harness, dynamodb] = await Promise.all([startHarness({ maxConnections: 120 }), startDynalite()]);
  for (const tenant of ['acme', ...TENANTS]) {
    await harness.admin.query(`create role tenant_${tenant} login`);
  }
  dataApi = await startRecordingEndpoint((await harness.serve()).endpoint, 'ThrottlingException');
  tables = await startRecordingEndpoint(dynamodb.endpoint, 'ThrottlingException');
  const shared = {
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: { httpAgent: { maxSockets: 500 } },
  };
  redshift = new RedshiftDataClient({ ...shared, endpoint: dataApi.url });
  documents = DynamoDBDocumentClient.from(new DynamoDBClient({ ...shared, endpoint: tables.url }));
});
afterAll(async () => {
  redshift?.destroy();
  documents?.destroy();
  await dataApi?.stop();
  await tables?.stop();
  await harness?.stop();
  await dynamodb?.stop();
});
beforeEach(async () => {
  // An empty table knows no session: those of the test before it must not count for this one.
  await killBackends(1_000);
  await expect.poll(() => harness.admin.query(TENANT_BACKENDS), { timeout: 10_000 }).toMatchObject({ rows: [] });
  tableNumber += 1;
  const tableName = `pool-${tableNumber}`;
  await dynamodb.createSessionTable(tableName);
  table = createDynamoDbSessionPoolTable({
    client: documents,
    tableName,
    retentionSeconds: 3_600,
    now: () => harness.clock.now(),
  });
  for (const endpoint of [dataApi, tables]) {
    endpoint.throttleEvery = null;
    endpoint.throttled = 0;
    endpoint.reset();
  }
  for (const name of Object.keys(counts)) {
    delete counts[name];
  }
  troubles.length = 0;
});

/** The cloud's clock; a pause ends when it has passed there. */
const clock: PoolClock = {
  now: () => harness.clock.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const until = harness.clock.now().getTime() + ms;
      const finish = () => {
        stopListening();
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      const stopListening = harness.clock.onAdvance(() => {
        if (harness.clock.now().getTime() >= until) {
          finish();
        }
      });
      signal.addEventListener('abort', finish, { once: true });
    }),
};

/** A cold container. */
function container(limits: Partial<PoolLimits> = {}, target: PoolTarget = TARGET): SessionPool {
  return createSessionPool({
    target,
    table,
    warehouse: createDataApiPoolWarehouse({ client: redshift, target, now: clock.now }),
    limits: { maxPerTarget: 50, ...limits },
    clock,
    metrics: {
      count(name) {
        counts[name] = (counts[name] ?? 0) + 1;
      },
      duration: () => undefined,
    },
    onTrouble: (error) => troubles.push(error),
  });
}

/**
 * Lets the cloud's time pass five times as fast as the machine's while this work goes on, and not at all faster while the
 * machine cannot keep up: leases are about what a healthy client gets done in them.
 */
async function inHaste<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const watched = work.finally(() => {
    isDone = true;
  });
  const pace = async () => {
    while (!isDone) {
      const before = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 50));
      if (performance.now() - before < 100) {
        await harness.clock.advance(200);
      }
    }
  };
  const [answer] = await Promise.all([watched, pace()]);
  return answer;
}

/** Most backends that the server was seen to have, by tenant and in all, while this work went on. */
async function watchingBackends<T>(work: Promise<T>): Promise<{ answer: T; most: number; mostOfOne: number }> {
  let isDone = false;
  let most = 0;
  let mostOfOne = 0;
  const watched = work.finally(() => {
    isDone = true;
  });
  const look = async () => {
    while (!isDone) {
      const { rows } = await harness.admin.query<{ backends: number }>(TENANT_BACKENDS);
      most = Math.max(
        most,
        rows.reduce((sum, { backends }) => sum + backends, 0),
      );
      mostOfOne = Math.max(mostOfOne, ...rows.map(({ backends }) => backends));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const [answer] = await Promise.all([watched, look()]);
  return { answer, most, mostOfOne };
}

/** Asks who it is and for a value of its own; tells whether the answer was right. */
async function ask(pool: SessionPool, tenantId: string, value: string): Promise<string> {
  const sql = 'select current_user::varchar as who, cast(:value as varchar) as what';
  const { rows } = await pool.query({ tenantId, sql, parameters: { value } });
  const [[who, what] = []] = rows;
  return who === `tenant_${tenantId}` && what === value ? 'right' : `wrong: ${who} ${what}`;
}

/** What many callers heard: answers and errors by how often. */
function tally(outcomes: readonly PromiseSettledResult<string>[]): Record<string, number> {
  const heard: Record<string, number> = {};
  for (const outcome of outcomes) {
    const said = outcome.status === 'fulfilled' ? outcome.value : `${outcome.reason.name}: ${outcome.reason.message}`;
    heard[said] = (heard[said] ?? 0) + 1;
  }
  return heard;
}

/** Ends idle backends of tenants, as an operator or a restart would. */
async function killBackends(most: number): Promise<number> {
  const { rowCount } = await harness.admin.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename like 'tenant\\_%' and state = 'idle' limit ${most}`,
  );
  return rowCount ?? 0;
}

/** Nobody who is dead has a lease after its time, once somebody has looked. */
async function expectNoDeadLeases(): Promise<void> {
  await harness.clock.advance(20_000);
  await container().sweep();
  const leased = (await table.listLiveSessions('analytics')).filter(({ state }) => state === 'leased');
  expect(leased.filter(({ lease }) => Date.parse(lease?.until ?? '') < clock.now().getTime() - 2_000)).toEqual([]);
}

describe('calls', () => {
  it('of a warm hit are two to the Data API and none to the table', async () => {
    const pool = container();
    expect(await ask(pool, 'acme', 'first')).toBe('right');
    dataApi.reset();
    tables.reset();
    expect(await ask(pool, 'acme', 'second')).toBe('right');
    expect(dataApi.calls).toEqual({ ExecuteStatement: 1, GetStatementResult: 1 });
    expect(tables.total()).toBe(0);
  });

  it('of a cold container with an idle session are two to the table', async () => {
    const warm = container();
    expect(await ask(warm, 'acme', 'first')).toBe('right');
    await warm.giveBack();
    dataApi.reset();
    tables.reset();
    expect(await ask(container(), 'acme', 'second')).toBe('right');
    expect(tables.calls).toEqual({ Query: 1, PutItem: 1 });
    expect(dataApi.calls).toEqual({ ExecuteStatement: 1, GetStatementResult: 1 });
    expect(counts).toMatchObject({ SessionHit: 1, SessionMiss: 1 });
  });
});

describe('results of the embedded Redshift', () => {
  it('keep every digit, over pages and with a token into the middle of one', async () => {
    const pool = container();
    const exact = await pool.query({
      tenantId: 'acme',
      sql: "select 9223372036854775807::bigint as big, 12345678901234567890.10::numeric(22,2) as price, 'NaN'::float8 as odd",
    });
    expect(exact.rows).toEqual([['9223372036854775807', '12345678901234567890.10', 'NaN']]);
    expect(exact.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'big int8',
      'price numeric',
      'odd float8',
    ]);
    const sql = 'select n from generate_series(1, 2500) as n order by n';
    const seen: unknown[] = [];
    const first = await pool.query({ tenantId: 'acme', sql, maxRows: 700 });
    seen.push(...first.rows.flat());
    for (let token = first.nextToken; token !== null; ) {
      const page = await pool.result({
        ...{ tenantId: 'acme', statementId: first.statementId, maxRows: 700, nextToken: token },
      });
      if (page.status !== 'finished') {
        throw new Error('Expected the statement to have finished.');
      }
      seen.push(...page.rows.flat());
      token = page.nextToken;
    }
    expect(seen).toEqual(Array.from({ length: 2500 }, (_, index) => index + 1));
  });

  it("tell a tenant without a database user, and Redshift's own message for bad SQL, and leave the session usable", async () => {
    const pool = container();
    await expect(ask(pool, 'nobody', 'x')).rejects.toMatchObject({ name: 'TenantUnknown' });
    const bad = pool.query({ tenantId: 'acme', sql: 'select * from no_such_table' });
    await expect(bad).rejects.toMatchObject({
      name: 'StatementFailed',
      message: /relation "no_such_table" does not exist/,
    });
    expect(await ask(pool, 'acme', 'after')).toBe('right');
    expect((await table.listLiveSessions('analytics')).map(({ key }) => key.tenant)).toEqual(['acme']);
  });

  it('of a failed transaction do not poison the session for the next caller', async () => {
    const pool = container({ maxPerTenant: 1 });
    const work = pool.withSession('acme', async (session) => {
      await session.query({ sql: 'begin' });
      await session.query({ sql: 'select 1/0' });
    });
    await expect(work).rejects.toMatchObject({ name: 'StatementFailed', message: /division by zero/ });
    expect(await ask(pool, 'acme', 'next')).toBe('right');
  });

  it('stay away from the caller that waits too long, and the query is really ended', async () => {
    const pool = container({ maxPerTenant: 1 });
    const slow = pool.query({ tenantId: 'acme', sql: 'select pg_sleep(600)', timeoutMs: 1_000 });
    await expect(inHaste(slow)).rejects.toMatchObject({ name: 'QueryTimedOut' });
    expect(await ask(pool, 'acme', 'next')).toBe('right');
  });
});

describe('a pool on a Serverless workgroup', () => {
  const workgroup = {
    name: 'analytics',
    workgroup: 'local-serverless',
    database: 'dev',
    dbUserTemplate: 'tenant_{tenantId}',
    secretTemplate: 'slotkeeper/tenant_{tenantId}',
  };

  it('signs tenants in by their secrets, and shares their sessions as on a cluster', async () => {
    expect(await ask(container({}, workgroup), 'acme', 'one')).toBe('right');
    expect(await ask(container({}, workgroup), 't1', 'two')).toBe('right');
    const pool = container({}, workgroup);
    await harness.clock.advance(30_000);
    expect(await ask(pool, 'acme', 'three')).toBe('right');
    expect(await ask(pool, 'acme', 'four')).toBe('right');
    expect(counts).toMatchObject({ SessionHit: 2, SessionMiss: 2, SessionCreated: 2 });
    // It is a workgroup's session: what a cluster would show is empty.
    const { rows } = await pool.query({ tenantId: 'acme', sql: 'select count(*) as sessions from stv_sessions' });
    expect(rows).toEqual([[0]]);
  });

  it('gives a result to whose secret ran the statement, and to nobody else', async () => {
    const pool = container({}, workgroup);
    const { statementId } = await pool.submit({ tenantId: 'acme', sql: 'select 7 as seven' });
    const result = () => pool.result({ tenantId: 'acme', statementId });
    await expect.poll(async () => (await result()).status).toBe('finished');
    expect(await result()).toMatchObject({ rows: [[7]] });
    await expect(pool.result({ tenantId: 't1', statementId })).rejects.toMatchObject({ name: 'BadRequest' });
  });
});

describe('many callers', () => {
  it('100 cold containers of one tenant at once: right answers, no more than its sessions, nothing refused', async () => {
    dataApi.throttleEvery = 97;
    tables.throttleEvery = 101;
    const pools = Array.from({ length: 100 }, () => container({ maxPerTenant: 8, waitSeconds: 300 }));
    const all = Promise.allSettled(pools.map((pool, index) => ask(pool, 'acme', `v${index}`)));
    const { answer, mostOfOne } = await watchingBackends(inHaste(all));
    expect(tally(answer)).toEqual({ right: 100 });
    expect(mostOfOne).toBeLessThanOrEqual(8);
    expect(mostOfOne).toBeGreaterThan(1);
    expect(dataApi.throttled).toBeGreaterThan(0);
    expect(tables.throttled).toBeGreaterThan(0);
    expect(troubles).toEqual([]);
    await expectNoDeadLeases();
  }, 90_000);

  it('20 tenants of 20 callers, with cold starts, crashes, kills from outside and throttling: right answers, hits ≥ 95 %', async () => {
    dataApi.throttleEvery = 100;
    tables.throttleEvery = 100;
    const limits = { maxPerTenant: 2, maxPerTarget: 40, waitSeconds: 300 };
    const pools = new Map(TENANTS.map((tenant) => [tenant, [container(limits), container(limits)]]));
    const round = (name: string) =>
      Promise.allSettled(
        TENANTS.flatMap((tenant) =>
          Array.from({ length: 20 }, (_, caller) => {
            const [one, other] = pools.get(tenant) ?? [];
            const pool = caller % 2 === 0 ? one : other;
            return pool === undefined ? Promise.resolve('no pool') : ask(pool, tenant, `${name}-${caller}`);
          }),
        ),
      );
    const work = (async () => {
      const heard: Record<string, number>[] = [tally(await round('cold'))];
      // One container of each tenant never comes back, and its lease runs out; some sessions are ended from outside.
      for (const [tenant, [survivor]] of pools) {
        pools.set(tenant, [survivor ?? container(limits), container(limits)]);
      }
      expect(await killBackends(8)).toBe(8);
      heard.push(tally(await round('after crashes')));
      for (const name of Object.keys(counts)) {
        delete counts[name];
      }
      heard.push(tally(await round('steady')));
      return heard;
    })();
    const { answer, most, mostOfOne } = await watchingBackends(inHaste(work));
    expect(answer).toEqual([{ right: 400 }, { right: 400 }, { right: 400 }]);
    expect(most).toBeLessThanOrEqual(40);
    expect(mostOfOne).toBeLessThanOrEqual(2);
    const { SessionHit: hits = 0, SessionMiss: misses = 0 } = counts;
    expect(hits + misses).toBe(400);
    expect(hits / 400).toBeGreaterThanOrEqual(0.95);
    expect(troubles).toEqual([]);
    await expectNoDeadLeases();
  }, 120_000);
});
