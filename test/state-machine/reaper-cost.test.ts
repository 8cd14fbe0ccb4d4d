import { describe, expect, it } from 'vitest';
import { reap } from '../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld } from '../support/reaper-world.ts';

/** What a warning run and an ending run over `size` idle backends of `owners` owners cost. */
async function costOf(size: number, owners: number) {
  const rules = Array.from({ length: owners }, (_, index) => ({
    ...EVERYONE,
    name: `team-${index}`,
    match: { user: [`bi_${index}`] },
    owner: `team-${index}@example.com`,
  }));
  const world = createReaperWorld({ rules });
  const pids = Array.from({ length: size }, (_, index) => 1000 + index);
  world.redshift.open(...pids.map((pid) => ({ pid, idle: 3000, user: `bi_${pid % owners}` })));
  const warning = await measure(world);
  world.clock.advance(900);
  const ending = await measure(world);
  expect(pids.filter((pid) => world.redshift.backends.has(pid))).toEqual([]);
  expect(await world.lastRun()).toMatchObject({ outcomes: { gone: size }, notices: { sent: 0, failed: 0 } });
  return { warning, ending, messages: world.owners.messages.length };
}

async function measure(world: ReaperWorld) {
  const before = { ...world.redshift.calls };
  const { states, failure, largestState } = await reap(world.ports);
  expect(failure).toBeNull();
  const { submit, fetchRows, describe: looks, cancel } = world.redshift.calls;
  return {
    transitions: states.length,
    dataApiCalls: submit - before.submit + (fetchRows - before.fetchRows) + (cancel - before.cancel),
    looks: looks - before.describe,
    largestState,
  };
}

describe('the cost of a run', () => {
  it('does not grow from 5 backends to 500: the same calls, the same transitions', async () => {
    const few = await costOf(5, 1);
    const many = await costOf(500, 1);
    for (const phase of ['warning', 'ending'] as const) {
      expect(many[phase].transitions).toBe(few[phase].transitions);
      expect(many[phase].dataApiCalls).toBe(few[phase].dataApiCalls);
      expect(many[phase].looks).toBe(few[phase].looks);
      expect(many[phase].transitions).toBeLessThanOrEqual(45);
      expect(many[phase].dataApiCalls).toBeLessThanOrEqual(8);
    }
    expect([few.messages, many.messages]).toEqual([1, 1]);
  });

  it('keeps the state of 2,000 backends with 500 owners below 64 KiB', async () => {
    const { warning, ending, messages } = await costOf(2000, 500);
    expect(messages).toBe(500);
    expect(Math.max(warning.largestState, ending.largestState)).toBeLessThan(64 * 1024);
  });
});
