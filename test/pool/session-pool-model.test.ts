import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PoolLimits } from '../../src/pool/pool-limits.ts';
import type { PooledSessionRecord } from '../../src/pool/pooled-session.ts';
import { exampleKey } from './example-pooled-session.ts';
import { type Container, type PoolWorld, poolWorld, sql } from './pool-world.ts';

const LIMITS: Partial<PoolLimits> = {
  ...{ maxPerTenant: 3, maxPerTarget: 5, keepAliveSeconds: 120, marginSeconds: 5 },
  ...{ leaseSeconds: 10, leaseGraceSeconds: 2, waitSeconds: 30 },
};
const LEASE_OVER_MS = 12_500;
const TENANTS = ['acme', 'blue', 'cyan'] as const;
const CONTAINERS = 3;

/**
 * The reference: for each session the service has, who may hold its lease and until when at most. From that follows
 * when a query must find a session instead of opening one; that it is answered, once and on a session of its own
 * tenant, must hold in any case.
 */
interface Model {
  /** By the service's name of the session. `holder` null: nobody. */
  readonly leases: Map<string, { holder: number | 'somebody' | null; until: number }>;
  values: number;
}

interface Real {
  readonly world: PoolWorld;
  readonly containers: Container[];
}

type Command = fc.AsyncCommand<Model, Real>;

function command(label: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => label };
}

/** A session is to be found if it is idle for long enough and its lease is nobody's, this container's, or over. */
function mustReuse(model: Model, { world }: Real, tenant: string, container: number): boolean {
  const now = world.clock.now().getTime();
  return world.api.idleOf(`tenant_${tenant}`).some(({ id, until }) => {
    const lease = model.leases.get(id);
    const isFree = lease !== undefined && (lease.holder === null || lease.holder === container || lease.until < now);
    return isFree && until - now > 11_000;
  });
}

function noteHolder(
  model: Model,
  { world }: Real,
  value: number,
  holder: number | 'somebody',
  forMs = LEASE_OVER_MS,
): void {
  const id = world.api.sessionOf(value);
  if (id !== null) {
    model.leases.set(id, { holder, until: world.clock.now().getTime() + forMs });
  }
}

function nextValue(model: Model): number {
  model.values += 1;
  return model.values;
}

function pick<T>(items: readonly T[], index: number): T {
  const item = items[index % items.length];
  if (item === undefined) {
    throw new Error('Expected something to pick from.');
  }
  return item;
}

const container = fc.nat({ max: CONTAINERS - 1 });
const tenant = fc.constantFrom(...TENANTS);
const ms = fc.constantFrom(0, 50, 900, 15_000, 40_000);

const commands: fc.Arbitrary<Command>[] = [
  fc.tuple(container, tenant, ms).map(([c, t, duration]) =>
    command(`query(${c}, ${t}, ${duration} ms)`, async (model, real) => {
      const { clock, api } = real.world;
      const value = nextValue(model);
      const expected = mustReuse(model, real, t, c);
      const query = pick(real.containers, c).query({ tenantId: t, sql: sql({ value, ms: duration }) });
      const answer = await clock.finish(query).catch((error: Error) => error);
      if (answer instanceof Error) {
        // The target has fewer slots than the tenants together: it may be full of others' sessions.
        expect(answer.name).toBe('PoolExhausted');
        expect(expected).toBe(false);
        expect(api.runsOf(value)).toBe(0);
        return;
      }
      expect(answer.rows).toEqual([[value]]);
      expect(api.runsOf(value)).toBe(1);
      if (expected) {
        expect(answer.reusedSession).toBe(true);
      }
      noteHolder(model, real, value, c);
    }),
  ),
  fc.array(fc.tuple(container, tenant, ms), { minLength: 2, maxLength: 12 }).map((callers) =>
    command(`burst(${callers.map(([c, t, d]) => `${c}/${t}/${d}`).join(' ')})`, async (model, real) => {
      const { clock, api } = real.world;
      const asked = callers.map(([c, t, duration]) => ({ c, t, duration, value: nextValue(model) }));
      const outcomes = await clock.finish(
        Promise.allSettled(
          asked.map(({ c, t, duration, value }) =>
            pick(real.containers, c).query({ tenantId: t, sql: sql({ value, ms: duration }) }),
          ),
        ),
      );
      for (const [index, outcome] of outcomes.entries()) {
        const { value } = pick(asked, index);
        if (outcome.status === 'fulfilled') {
          expect(outcome.value.rows).toEqual([[value]]);
          expect(api.runsOf(value)).toBe(1);
        } else {
          expect(outcome.reason.name).toBe('PoolExhausted');
          expect(api.runsOf(value)).toBe(0);
        }
        noteHolder(model, real, value, 'somebody');
      }
    }),
  ),
  fc.tuple(container, tenant, ms, fc.nat({ max: 3_000 })).map(([c, t, duration, after]) =>
    command(`crash(${c}) ${after} ms into query(${t}, ${duration} ms)`, async (model, real) => {
      const value = nextValue(model);
      const doomed = pick(real.containers, c);
      doomed.query({ tenantId: t, sql: sql({ value, ms: duration }) }).catch(() => undefined);
      await real.world.clock.advance(after);
      doomed.crash();
      real.containers[c] = real.world.container();
      for (const lease of model.leases.values()) {
        lease.holder = lease.holder === c ? 'somebody' : lease.holder;
      }
      // A creation is given up after 67 s; a running statement is looked at again 60 s after somebody saw it.
      noteHolder(model, real, value, 'somebody', duration + 75_000);
      expect(real.world.api.runsOf(value)).toBeLessThanOrEqual(1);
    }),
  ),
  fc.tuple(container, tenant, fc.boolean()).map(([c, t, isBroken]) =>
    command(`withSession(${c}, ${t}${isBroken ? ', fails' : ''})`, async (model, real) => {
      const { clock, api } = real.world;
      const value = nextValue(model);
      const work = pick(real.containers, c).withSession(t, async (session) => {
        await session.query({ sql: 'begin' });
        const one = await session.query({ sql: sql({ value, ...(isBroken ? { fail: 'ERROR: broken' } : {}) }) });
        await session.query({ sql: 'commit' });
        return one.rows;
      });
      const outcome = await clock.finish(work).catch((error: Error) => error.name);
      expect(isBroken ? ['StatementFailed', 'PoolExhausted'] : [[[value]], 'PoolExhausted']).toContainEqual(outcome);
      expect(api.runsOf(value)).toBeLessThanOrEqual(1);
      noteHolder(model, real, value, 'somebody');
    }),
  ),
  fc.tuple(container, tenant, ms).map(([c, t, duration]) =>
    command(`submit(${c}, ${t}, ${duration} ms)`, async (model, real) => {
      const { clock } = real.world;
      const value = nextValue(model);
      const work = pick(real.containers, c).submit({ tenantId: t, sql: sql({ value, ms: duration }) });
      const outcome = await clock.finish(work).catch((error: Error) => error);
      if (outcome instanceof Error) {
        expect(outcome.name).toBe('PoolExhausted');
      }
      const id = real.world.api.sessionOf(value);
      if (id !== null) {
        model.leases.set(id, { holder: 'somebody', until: Number.POSITIVE_INFINITY });
      }
    }),
  ),
  fc.tuple(container, fc.nat(), fc.boolean()).map(([c, index, isForged]) =>
    command(`event(${c}, ${index}${isForged ? ', forged' : ''})`, async (_model, real) => {
      const events = real.world.api.events();
      if (events.length === 0) {
        return;
      }
      const event = pick(events, index);
      const statementId = isForged ? '00000000-0000-4000-8000-999999999999' : event.statementId;
      const release = pick(real.containers, c).releaseByStatement({ ...event, statementId });
      const outcome = await real.world.clock.finish(release);
      expect(isForged ? ['unknown', 'already-settled'] : RELEASES).toContain(outcome);
    }),
  ),
  fc
    .constantFrom(500, 5_000, 13_000, 70_000, 125_000, 4_000_000)
    .map((by) => command(`advance(${by} ms)`, (_model, { world }) => world.clock.advance(by))),
  fc.nat().map((index) =>
    command(`kill(${index})`, async (_model, { world }) => {
      world.api.kill(index);
    }),
  ),
  container.map((c) =>
    command(`giveBack(${c})`, async (model, real) => {
      await real.world.clock.finish(pick(real.containers, c).giveBack());
      for (const lease of model.leases.values()) {
        lease.holder = lease.holder === c ? null : lease.holder;
      }
    }),
  ),
  container.map((c) =>
    command(`sweep(${c})`, async (_model, real) => {
      await real.world.clock.finish(pick(real.containers, c).sweep());
      for (const record of await allSessions(real.world)) {
        expectNoDeadLease(record, real.world.clock.now().getTime());
      }
    }),
  ),
];

const RELEASES = ['released', 'retired', 'ended', 'already-settled', 'unknown', 'still-running'];

async function allSessions({ table }: PoolWorld): Promise<PooledSessionRecord[]> {
  const pools = await Promise.all(
    TENANTS.map((name) => table.readPool(exampleKey({ tenant: name, dbUser: `tenant_${name}` }))),
  );
  return pools.flatMap(({ sessions }) => sessions);
}

function expectNoDeadLease(record: PooledSessionRecord, now: number): void {
  if (record.state === 'leased') {
    expect(Date.parse(record.lease?.until ?? '')).toBeGreaterThanOrEqual(now - 2_000);
  }
}

it('keeps its promises whatever happens in whatever order, and reuses where the reference says it can', async () => {
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { size: 'large', maxCommands: 60 }), fc.integer(), async (all, seed) => {
      const world = poolWorld(LIMITS, seed);
      const real = { world, containers: Array.from({ length: CONTAINERS }, () => world.container()) };
      await fc.asyncModelRun(() => ({ model: { leases: new Map(), values: 0 }, real }), all);
      const { api, clock } = world;
      expect(api.violations).toEqual([]);
      expect(api.most['all'] ?? 0).toBeLessThanOrEqual(5);
      for (const name of TENANTS) {
        expect(api.most[`tenant_${name}`] ?? 0).toBeLessThanOrEqual(3);
      }
      // In the end nothing is left behind: neither a session nor a slot, of the tenants or of the target.
      await clock.advance(2 * 24 * 3_600_000);
      await clock.finish(world.container().sweep());
      await clock.finish(world.container().sweep());
      const left = await allSessions(world);
      expect(left.filter(({ state }) => state !== 'ended')).toEqual([]);
      expect(await world.table.readTargetSlots('analytics')).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
