import { describe, expect, it } from 'vitest';
import { busyWorld } from '../support/busy-world.ts';
import { type CrashPlan, crashingPorts } from '../support/crashing-ports.ts';
import { reap } from '../support/reap-machine.ts';
import { type ReaperWorld, TARGET } from '../support/reaper-world.ts';

/** Runs on ports that fail once, with an error after which the state machine repeats the step. */
async function repeat(plan: CrashPlan): Promise<{ world: ReaperWorld; calls: number; failure: unknown }> {
  const world = await busyWorld();
  const { ports, count } = crashingPorts(world.ports, plan);
  const { failure } = await reap(ports);
  return { world, calls: count(), failure };
}

async function resultsOf({ table, lastRun, operators }: ReaperWorld) {
  const { state, outcomes, notices, unclaimed, counts, planHash, eventsFailed } = await lastRun();
  const backends = (await table.listBackends({ target: TARGET })).items;
  return {
    run: { state, outcomes, notices, unclaimed, counts, planHash, eventsFailed },
    alerts: operators.messages.length,
    histories: backends.map((record) => [
      record.identity.pid,
      record.state,
      record.outcome,
      // A round that is repeated may find a slow backend gone already: one signal less on record.
      record.events.map(({ type }) => type).filter((type) => type !== 'termination-signalled'),
    ]),
  };
}

describe('a step that is repeated after a transient error at any of its calls', () => {
  it.each(['before', 'after'] as const)('comes to the same results (error %s the call)', async (when) => {
    const undisturbed = await repeat({ call: Number.POSITIVE_INFINITY, when, what: 'step' });
    const expected = await resultsOf(undisturbed.world);
    expect(expected.run).toMatchObject({ state: 'succeeded', outcomes: { gone: 3, 'busy-again': 1 } });
    for (let call = 1; call <= undisturbed.calls; call += 1) {
      const { world, failure } = await repeat({ call, when, what: 'step' });
      const where = `error ${when} call ${call}`;
      expect(failure, where).toBeNull();
      expect(await resultsOf(world), where).toEqual(expected);
    }
  });

  it('tells the same facts under the same ids, so that repeats can be dropped', async () => {
    const facts = async (call: number) => {
      const { world } = await repeat({ call, when: 'after', what: 'step' });
      return [
        ...new Set(world.events.events.map(({ id, type }) => `${type} ${id.replace(/execution-\d+/, 'run')}`)),
      ].sort();
    };
    const { calls } = await repeat({ call: Number.POSITIVE_INFINITY, when: 'after', what: 'step' });
    const expected = await facts(Number.POSITIVE_INFINITY);
    expect(expected).toHaveLength(19);
    // The last calls are those of FinishRun: gather, publish, save, give the lock back.
    for (let call = calls - 5; call <= calls; call += 1) {
      expect(await facts(call), `call ${call}`).toEqual(expected);
    }
  });

  it('tells an owner twice only if the answer of the channel itself was lost', async () => {
    const { calls } = await repeat({ call: Number.POSITIVE_INFINITY, when: 'after', what: 'step' });
    const messages: number[] = [];
    for (let call = 1; call <= calls; call += 1) {
      const { world } = await repeat({ call, when: 'after', what: 'step' });
      messages.push(
        world.owners.messages.filter(({ attributes }) => attributes['owner'] !== 'bi-team@example.com').length,
      );
    }
    expect(messages.filter((count) => count === 1)).toHaveLength(calls - 1);
    expect(messages.filter((count) => count === 2)).toHaveLength(1);
  });
});
