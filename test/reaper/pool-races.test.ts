import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseSession } from '../../src/pool/lifecycle/release-session.ts';
import { saveSession } from '../../src/pool/save-session.ts';
import { createDynamoDbSessionPoolTable } from '../../src/session-table/dynamodb-session-pool-table.ts';
import { type Guard, guardPorts } from '../support/guarded-ports.ts';
import { createPooledWorld, openPooled, pooled, tryLease, watchPooledEnds } from '../support/pooled-world.ts';
import { reap } from '../support/reap-machine.ts';
import { type ReaperWorld, TARGET } from '../support/reaper-world.ts';
import { startDynalite, type TestDynamoDb } from '../support/start-dynalite.ts';

let dynamoDb: TestDynamoDb;
let tables = 0;

beforeAll(async () => {
  dynamoDb = await startDynalite();
});
afterAll(async () => {
  await dynamoDb.stop();
});

const onMemory = async () => createPooledWorld();

async function onDynamoDb(): Promise<ReaperWorld> {
  const world = createPooledWorld();
  tables += 1;
  await dynamoDb.createSessionTable(`pool-${tables}`);
  const pool = createDynamoDbSessionPoolTable({
    client: dynamoDb.client,
    tableName: `pool-${tables}`,
    retentionSeconds: 3600,
    now: world.clock.now,
  });
  return { ...world, pool, ports: { ...world.ports, pool } };
}

/** Runs while something happens right before, or right after, one of the calls of the run's ports. */
async function race(
  world: ReaperWorld,
  place: { call: number; when: 'before' | 'after' },
  happening: () => Promise<void>,
): Promise<number> {
  let calls = 0;
  const guard: Guard = async (call) => {
    calls += 1;
    const isHere = calls === place.call;
    if (isHere && place.when === 'before') {
      await happening();
    }
    const result = await call();
    if (isHere && place.when === 'after') {
      await happening();
    }
    return result;
  };
  const { failure } = await reap(guardPorts(world.ports, guard));
  expect(failure).toBeNull();
  return calls;
}

async function twoIdle(make: () => Promise<ReaperWorld>): Promise<ReaperWorld> {
  const world = await make();
  await openPooled(world, { pid: 501, idle: 4000 });
  await openPooled(world, { pid: 502, idle: 4000, tenant: 'beta' });
  return world;
}

/** A pool gives back a lease that it has had for a moment. */
async function leaseAndRelease(world: ReaperWorld): Promise<boolean> {
  const leased = await tryLease(world, 'acme');
  if (leased === null) {
    return false;
  }
  world.redshift.use(501);
  const { aliveUntil, uses } = leased;
  const at = world.clock.now().toISOString();
  return await saveSession(world.pool, releaseSession(leased, { aliveUntil, uses: uses + 1, at, by: 'pool:other' }));
}

describe.each([
  ['in memory', onMemory],
  ['on DynamoDB', onDynamoDb],
] as const)('a pool that takes a session in the midst of a run, %s', (_where, make) => {
  it.each(['before', 'after'] as const)('has it or has it not, %s any call', async (when) => {
    const never = await race(await twoIdle(make), { call: 0, when }, async () => undefined);
    const results = { had: 0, missed: 0 };
    for (let call = 1; call <= never; call += 1) {
      const world = await twoIdle(make);
      const ends = watchPooledEnds(world);
      let had = false;
      await race(world, { call, when }, async () => {
        had = (await tryLease(world, 'acme')) !== null;
      });
      await ends.settle();
      results[had ? 'had' : 'missed'] += 1;
      const where = `${when} call ${call}, which ${had ? 'got' : 'did not get'} it`;
      expect(ends.wrong, where).toEqual([]);
      expect(world.redshift.backends.has(501), where).toBe(had);
      expect((await pooled(world))?.state, where).toBe(had ? 'leased' : 'ended');
      // The other tenant's is ended in any case.
      expect(world.redshift.backends.has(502), where).toBe(false);
      expect(await pooled(world, 'beta'), where).toMatchObject({ state: 'ended', endReason: 'reaped' });
    }
    expect(results.had).toBeGreaterThan(5);
    expect(results.missed).toBeGreaterThan(5);
  });

  it('and gives it back at once, keeps it from an end that was planned before', async () => {
    const world = await twoIdle(make);
    let used = false;
    const ports = {
      ...world.ports,
      table: {
        ...world.table,
        savePlan: async (...args: Parameters<typeof world.table.savePlan>) => {
          await world.table.savePlan(...args);
          used = await leaseAndRelease(world);
        },
      },
    };
    await reap(ports);
    expect(used).toBe(true);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(await pooled(world)).toMatchObject({ state: 'available' });
    expect((await world.lastRun()).unclaimed).toEqual({ 'used-since': 1 });
  });
});

describe('pools and runs that act at the same time', () => {
  it('never meet on one session, in whatever order their calls are made', async () => {
    let queries = 0;
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const world = createPooledWorld();
        for (const [index, tenant] of ['acme', 'beta'].entries()) {
          await openPooled(world, { pid: 501 + 2 * index, idle: 4000, tenant });
          await openPooled(world, { pid: 502 + 2 * index, idle: 4000, tenant, slot: 1 });
        }
        const ends = watchPooledEnds(world);
        const guard: Guard = async (call) => {
          await scheduler.schedule(Promise.resolve());
          return await call();
        };
        const guarded = guardPorts(world.ports, guard);
        const inTurn = { ...world, pool: guarded.pool };
        const failures: string[] = [];

        const query = async (tenant: string, slot: number, pid: number) => {
          await scheduler.schedule(Promise.resolve());
          const leased = await tryLease(inTurn, tenant, slot);
          if (leased === null) {
            return;
          }
          queries += 1;
          const backend = world.redshift.backends.get(pid);
          if (backend === undefined) {
            failures.push(`${pid} was handed out and is not there`);
            return;
          }
          backend.running = true;
          await scheduler.schedule(Promise.resolve());
          backend.running = false;
          await scheduler.schedule(Promise.resolve());
          if (!world.redshift.backends.has(pid)) {
            failures.push(`${pid} was ended while it was leased`);
          }
          const { aliveUntil, uses } = leased;
          const at = world.clock.now().toISOString();
          await saveSession(inTurn.pool, releaseSession(leased, { aliveUntil, uses, at, by: 'pool:other' }));
        };
        const containers = [501, 502, 503, 504].flatMap((pid) => {
          const [tenant, slot] = [pid < 503 ? 'acme' : 'beta', (pid + 1) % 2] as const;
          return [query(tenant, slot, pid), query(tenant, slot, pid)];
        });
        await scheduler.waitFor(Promise.all([...containers, reap(guarded)]));

        await ends.settle();
        expect(failures).toEqual([]);
        expect(ends.wrong).toEqual([]);
        for (const record of await world.pool.listLiveSessions(TARGET)) {
          expect(record.state).toBe('available');
          expect(world.redshift.backends.has(record.pid ?? 0)).toBe(true);
        }
        ended += (await world.lastRun()).outcomes.gone;
      }),
      { numRuns: 150 },
    );
    expect(queries).toBeGreaterThan(100);
    expect(ended).toBeGreaterThan(100);
  });
});
