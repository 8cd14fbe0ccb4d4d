import { describe, expect, it } from 'vitest';
import { type CrashPlan, crashingPorts } from '../support/crashing-ports.ts';
import { type EventfulWorld, eventfulWorld } from '../support/eventful-world.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { reap } from '../support/reap-machine.ts';
import { TARGET } from '../support/reaper-world.ts';

const TAGGED = [
  [502, 'bi-team@example.com'],
  [503, 'data-platform@example.com'],
] as const;

/** In the run that follows a pool is found to come back at once, 501 is to be warned, 502 and 503 are kept by tags. */
async function promisingWorld(): Promise<EventfulWorld> {
  const world = eventfulWorld('redshift', 2);
  for (const pid of [601, 602]) {
    world.connect({ pid, idle: 4000, user: 'scratch_1', application: 'pool' });
  }
  await reap(world.ports);
  world.clock.advance(60);
  world.connect({ pid: 501, idle: 2000, user: 'bi_a' });
  world.connect({ pid: 502, idle: 2000, user: 'bi_b', application: 'nightly keep=1h' });
  world.connect({ pid: 503, idle: 2000, user: 'etl', application: 'nightly keep=1h' });
  return world;
}

async function crash(plan: CrashPlan): Promise<{ world: EventfulWorld; calls: number }> {
  const world = await promisingWorld();
  const { ports, count } = crashingPorts(world.ports, plan);
  await reap(ports);
  return { world, calls: count() };
}

const snoozesOf = async ({ table }: EventfulWorld, owner: string) =>
  (await table.readSnoozeCount({ owner, day: '2026-11-20' }))?.count ?? 0;

async function expectPromises(world: EventfulWorld, where: string, most: number): Promise<void> {
  const [client, ...others] = await world.table.listClients(TARGET);
  expect([client?.user, others.length], where).toEqual(['scratch_1', 0]);
  expect(client?.told, where).not.toBeNull();
  expect(
    world.operators.messages.filter(({ attributes }) => attributes['action'] === 'thrashing').length,
    where,
  ).toBeGreaterThan(0);
  expect(
    world.operators.messages.filter(({ attributes }) => attributes['action'] === 'thrashing').length,
    where,
  ).toBeLessThanOrEqual(most);
  const told = world.owners.messages.map(({ attributes }) => attributes['owner']);
  expect(new Set(told), where).toEqual(new Set(['bi-team@example.com']));
  expect(told.length, where).toBeLessThanOrEqual(most);
  const warned = await world.recordOf(501);
  expect(warned, where).toMatchObject({ state: 'warned', receipt: { owner: 'bi-team@example.com' } });
  expect(world.owners.messages.length, where).toBeGreaterThanOrEqual(
    Number(warned?.receipt?.messageId.replace('owner-message-', '')),
  );
  for (const [pid, owner] of TAGGED) {
    const record = await world.recordOf(pid);
    expect(record, where).toMatchObject({ state: 'snoozed', receipt: null });
    expect(
      record?.events.map(({ type }) => type),
      where,
    ).toEqual(['snoozed']);
    expect(await snoozesOf(world, owner), where).toBeGreaterThanOrEqual(1);
    expect(await snoozesOf(world, owner), where).toBeLessThanOrEqual(most);
  }
  await expectConsistent(world);
}

describe('a run that dies while it tells of a held client, warns and grants tags', () => {
  it('does all of it once when nothing crashes', async () => {
    const { world } = await crash({ call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' });
    await expectPromises(world, 'no crash', 1);
  });

  it.each(['before', 'after'] as const)(
    '%s any of its calls, is made good by the next, which tells and counts at most once more',
    async (when) => {
      const { calls } = await crash({ call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' });
      expect(calls).toBeGreaterThan(40);
      for (let call = 1; call <= calls; call += 1) {
        for (const what of ['process', 'step'] as const) {
          const { world } = await crash({ call, when, what });
          world.clock.advance(961);
          const where = `${what} ${when} call ${call}`;
          expect((await reap(world.ports)).failure, where).toBeNull();
          await expectPromises(world, where, 2);
        }
      }
    },
  );
});
