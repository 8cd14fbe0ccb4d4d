import { describe, expect, it } from 'vitest';
import { releaseClient } from '../../src/lifecycle/change-client-record.ts';
import { describeVerdict } from '../../src/policy/describe-verdict.ts';
import { hashText } from '../../src/policy/hash-text.ts';
import { DEFAULT_THRASH } from '../../src/policy/thrash-limits.ts';
import { hashNames } from '../../src/replay/hash-names.ts';
import { inHashedNames } from '../../src/replay/in-hashed-names.ts';
import { policyOf } from '../../src/replay/policy.ts';
import { replayPolicy } from '../../src/replay/replay-policy.ts';
import { crashingPorts } from '../support/crashing-ports.ts';
import { exampleTarget } from '../support/example-target.ts';
import { expectConsistent } from '../support/expect-consistent.ts';
import { reap, runReapMachine } from '../support/reap-machine.ts';
import { EVERYONE, type ReaperWorld, TARGET, UNWARNED } from '../support/reaper-world.ts';
import { reapAfter, thrashingWorld } from '../support/thrashing-world.ts';

const clientsOf = (world: ReaperWorld) => world.table.listClients(TARGET);

const typesOf = (world: ReaperWorld) => world.events.events.map(({ type }) => type);

describe('a client that is back at once whenever its sessions are ended', () => {
  it('loses no more sessions for as long as the target says, while everybody else does', async () => {
    const world = thrashingWorld(3);
    expect((await reap(world.ports)).failure).toBeNull();
    expect(await world.lastRun()).toMatchObject({ outcomes: { gone: 3 }, clientsHeld: 0 });
    expect(await clientsOf(world)).toEqual([]);

    await reapAfter(world, 60);
    const [client] = await clientsOf(world);
    expect(client).toMatchObject({
      user: 'scratch_1',
      application: 'Tableau',
      clientHost: '10.0.0.7',
      reconnects: 3,
      limit: 3,
      told: { messageId: 'operator-message-1', channel: 'sns' },
      released: null,
    });
    expect(client?.events.map(({ type }) => type)).toEqual(['thrashing', 'told']);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect((await world.recordOf(501))?.events.at(-1)).toMatchObject({ type: 'reconnected', detail: { pid: 701 } });
    expect(typesOf(world).filter((type) => type === 'Client Thrashing')).toHaveLength(1);
    expect(typesOf(world).filter((type) => type === 'Backend Reconnected')).toHaveLength(3);
    expect(world.metrics.records.at(-1)?.figures).toMatchObject({ ClientsThrashing: 1 });

    world.redshift.open({ pid: 601, idle: 4000, user: 'scratch_2' });
    await reapAfter(world, 3700);
    expect(await world.lastRun()).toMatchObject({
      kept: { thrashing: 3, own: 1 },
      counts: { terminate: 1 },
      outcomes: { gone: 1 },
      clientsHeld: 1,
    });
    expect([701, 702, 703].every((pid) => world.redshift.backends.has(pid))).toBe(true);

    await reapAfter(world, 86_400);
    expect((await world.lastRun()).counts).toMatchObject({ terminate: 4 });
    expect(world.operators.messages).toHaveLength(1);
    await expectConsistent(world);
  });

  it('is told to the operators with what stops it', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    const [client] = await clientsOf(world);
    const [message] = world.operators.messages;
    expect(message?.subject).toBe('Slotkeeper: scratch_1 comes back at once on analytics, its sessions are not ended');
    expect(message?.attributes).toEqual({ target: 'analytics', action: 'thrashing' });
    for (const text of [
      'after 3 ends it was',
      'Application: Tableau (probably Tableau)',
      'vizqlserver.protocolcachelifetime_in_minutes',
      'a maximum lifetime and an idle timeout of its pool',
      'a rule for it with keep: true',
      `slotkeeper leaks --release ${client?.id} --target analytics`,
    ]) {
      expect(message?.body).toContain(text);
    }
  });

  it('is ended again once somebody releases it, until it has come back as often anew', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    const [client] = await clientsOf(world);
    if (client === undefined) {
      throw new Error('Expected a client that thrashes, found none.');
    }
    await world.table.saveClient(releaseClient(client, { at: world.clock.now().toISOString(), by: 'cli:ana' }));
    await reapAfter(world, 3700);
    expect((await world.lastRun()).outcomes).toMatchObject({ gone: 3 });
    await reapAfter(world, 60);
    const [again] = await clientsOf(world);
    expect(again).toMatchObject({ released: null, told: { messageId: 'operator-message-2' } });
    expect(again?.events.map(({ type }) => type)).toEqual(['thrashing', 'told', 'released', 'thrashing', 'told']);
  });

  it('is not held again at once for what it did before it was released, or before its hold was over', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    const [client] = await clientsOf(world);
    if (client === undefined) {
      throw new Error('Expected a client that thrashes, found none.');
    }
    await world.table.saveClient(releaseClient(client, { at: world.clock.now().toISOString(), by: 'cli:ana' }));
    await reapAfter(world, 60);
    expect((await world.lastRun()).clientsHeld).toBe(0);
    const short = thrashingWorld(3, { thrash: { ...DEFAULT_THRASH, holdFor: 60 } });
    await reap(short.ports);
    await reapAfter(short, 60);
    expect((await short.lastRun()).clientsHeld).toBe(1);
    await reapAfter(short, 61);
    expect((await short.lastRun()).clientsHeld).toBe(0);
    expect(short.operators.messages).toHaveLength(1);
  });

  it('is still told of by rules that only warn', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    const rules = [
      { ...UNWARNED, match: { user: ['nobody'] } },
      { ...EVERYONE, terminateAfter: null },
    ];
    const targets = { [TARGET]: exampleTarget({ name: TARGET, rules }) };
    world.clock.advance(3700);
    await reap({ ...world.ports, config: { ...world.config, targets } });
    expect(await world.lastRun()).toMatchObject({ clientsHeld: 1, counts: { warn: 3, terminate: 0 } });
  });

  it('is not held for fewer returns, for ends outside the window, or where the target does not look for it', async () => {
    const few = thrashingWorld(2);
    await reap(few.ports);
    await reapAfter(few, 60);
    expect(await clientsOf(few)).toEqual([]);
    const late = thrashingWorld(3);
    await reap(late.ports);
    await reapAfter(late, 3700);
    expect(await clientsOf(late)).toEqual([]);
    const off = thrashingWorld(3, { thrash: null });
    await reap(off.ports);
    await reapAfter(off, 60);
    expect(await clientsOf(off)).toEqual([]);
    expect((await off.recordOf(501))?.events.at(-1)?.type).toBe('terminated');
  });

  it('is found over several runs, each of which finds one return', async () => {
    const world = thrashingWorld(1, { thrash: { ...DEFAULT_THRASH, window: 86_400 } });
    for (let run = 0; run < 3; run += 1) {
      await reapAfter(world, 3700);
    }
    expect(await clientsOf(world)).toEqual([]);
    await reapAfter(world, 3700);
    expect(await clientsOf(world)).toMatchObject([{ reconnects: 3 }]);
    expect(await world.lastRun()).toMatchObject({ kept: { thrashing: 1 }, counts: { terminate: 0 } });
  });

  it('is not warned of an end that would not come, and an end that was announced waits for it', async () => {
    const world = thrashingWorld(0, { thrash: { ...DEFAULT_THRASH, reconnects: 2 } });
    const { redshift } = world;
    redshift.onEnd((ended) => redshift.open({ pid: ended.pid + 100, idle: 0, age: 0 }));
    redshift.open({ pid: 501, idle: 3600 }, { pid: 502, idle: 3600 });
    await reap(world.ports);
    redshift.open({ pid: 503, idle: 3000 });
    await reapAfter(world, 600);
    expect(world.owners.messages).toHaveLength(2);
    await reapAfter(world, 400);
    expect((await world.lastRun()).outcomes).toMatchObject({ gone: 2 });
    await reapAfter(world, 1900);
    // 601 and 602 are the returns, idle for longer than warnAfter.
    expect(world.owners.messages).toHaveLength(2);
    expect(await world.lastRun()).toMatchObject({
      kept: { thrashing: 3, own: 1 },
      counts: { warn: 0, terminate: 0 },
    });
  });
});

describe('the operators', () => {
  it('are told by the next run when the one that found it dies before or after any of its calls', async () => {
    const calls = await callsOfSecondRun();
    expect(calls).toBeGreaterThan(20);
    for (const when of ['before', 'after'] as const) {
      for (let call = 1; call <= calls; call += 1) {
        const world = thrashingWorld(3);
        await reap(world.ports);
        world.clock.advance(60);
        await reap(crashingPorts(world.ports, { call, when, what: 'process' }).ports);
        await reapAfter(world, 961);
        await reapAfter(world, 60);
        const where = `crash ${when} call ${call}`;
        const [client] = await clientsOf(world);
        expect(client?.told, where).not.toBeNull();
        const told = world.operators.messages.filter(({ attributes }) => attributes['action'] === 'thrashing').length;
        expect(told, where).toBeGreaterThanOrEqual(1);
        expect(told, where).toBeLessThanOrEqual(2);
        expect(
          client?.events.filter(({ type }) => type === 'thrashing'),
          where,
        ).toHaveLength(1);
        await expectConsistent(world);
      }
    }
  });

  it('are told by a later run when their channel does not take the message, and nothing else fails', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    world.operators.refuseNext();
    expect((await reapAfter(world, 60)).failure).toBeNull();
    expect(await clientsOf(world)).toMatchObject([
      { told: null, events: [{ type: 'thrashing' }, { type: 'tell-failed' }] },
    ]);
    await reapAfter(world, 60);
    expect(await clientsOf(world)).toMatchObject([{ told: { messageId: 'operator-message-1' } }]);
  });
});

async function callsOfSecondRun(): Promise<number> {
  const world = thrashingWorld(3);
  await reap(world.ports);
  world.clock.advance(60);
  const { ports, count } = crashingPorts(world.ports, { call: Number.POSITIVE_INFINITY, when: 'before', what: 'call' });
  await reap(ports);
  return count();
}

describe('a dry run', () => {
  it('comes to the plan of a real run, before and after what was found is on record, and records nothing', async () => {
    const world = thrashingWorld(3, { thrash: { ...DEFAULT_THRASH, window: 86_400 } });
    await reap(world.ports);
    const dry = await reapAfter(world, 3700, true);
    expect(dry.failure).toBeNull();
    const before = await world.lastRun();
    expect(before).toMatchObject({ kept: { thrashing: 3 }, clientsHeld: 1 });
    expect(await clientsOf(world)).toEqual([]);
    expect(world.operators.messages).toEqual([]);
    await reap(world.ports);
    const real = await world.lastRun();
    await reap(world.ports, true);
    const after = await world.lastRun();
    expect([real.planHash, after.planHash]).toEqual([before.planHash, before.planHash]);
    expect([real.kept, after.kept]).toEqual([before.kept, before.kept]);
  });
});

describe('a recording', () => {
  it('of a run that spared a client gives the same plan again, its names hashed or not', async () => {
    const world = thrashingWorld(3);
    await reap(world.ports);
    await reapAfter(world, 60);
    world.clock.advance(3700);
    await runReapMachine(world.ports, { target: TARGET, dryRun: false, record: true });
    const { runId, planHash } = await world.lastRun();
    const recording = await world.table.readRecording({ target: TARGET, runId });
    const target = world.config.targets[TARGET];
    if (recording === null || target === undefined) {
      throw new Error('Expected a recording of the run, found none.');
    }
    expect(recording.holds).toMatchObject([{ client: { user: 'scratch_1' }, reconnects: 3 }]);
    const policy = policyOf(target, world.config);
    const [step] = replayPolicy([{ recording, policy }]).steps;
    expect(step).toMatchObject({ asRecorded: true, plan: { hash: planHash, kept: { thrashing: 3, own: 1 } } });
    const { recording: hashed, names } = hashNames(recording, policy, (kind, name) => hashText(`${kind} ${name}`));
    expect(JSON.stringify(hashed.holds)).not.toContain('scratch_1');
    const [again] = replayPolicy([{ recording: hashed, policy: inHashedNames(policy, names, 'the copy') }]).steps;
    expect(again).toMatchObject({ asRecorded: true, plan: { kept: { thrashing: 3, own: 1 } } });
  });
});

describe('the sentence about a session whose client thrashes', () => {
  it('says how often it was back, and until when it is kept', () => {
    const sentence = describeVerdict({
      action: 'keep',
      rule: 'scratch-users',
      code: 'thrashing',
      endsAt: '2026-11-21T15:00:00.000Z',
      standing: null,
      backend: { idleSeconds: 4000 },
      reasons: [
        { clause: 'idle >= terminateAfter', measured: 4000, limit: 3600, held: true },
        { clause: 'ends after which its client was back < thrash.reconnects', measured: 5, limit: 3, held: false },
        {
          clause: 'hold of its client is over',
          measured: '2026-11-21T15:00:00.000Z',
          limit: '2026-11-20T16:00:00.000Z',
          held: false,
        },
      ],
    });
    expect(sentence).toBe(
      'idle 1h 6m ≥ 1h (rule scratch-users), kept until 2026-11-21 15:00, its client was back at once after 5 ends',
    );
  });
});
