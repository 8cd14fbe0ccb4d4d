import { describe, expect, it } from 'vitest';
import { hashText } from '../../../src/policy/hash-text.ts';
import { createTakeBackSnooze } from '../../../src/reaper/snooze/take-back-snooze.ts';
import { hashNames } from '../../../src/replay/hash-names.ts';
import { inHashedNames } from '../../../src/replay/in-hashed-names.ts';
import { policyOf } from '../../../src/replay/policy.ts';
import { replayPolicy } from '../../../src/replay/replay-policy.ts';
import { reap, runReapMachine } from '../../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET } from '../../support/reaper-world.ts';

const OWNER = 'bi-team@example.com';
const HOUR = 3600;

const countOf = async ({ table, clock }: ReaperWorld) =>
  (await table.readSnoozeCount({ owner: OWNER, day: clock.now().toISOString().slice(0, 10) }))?.count ?? 0;

const tagged = (pid: number, keep: string, idle = 2000) => ({
  pid,
  idle,
  user: 'bi_ana',
  application: `nightly keep=${keep}`,
});

const hashOf = async (world: ReaperWorld) => (await world.lastRun()).planHash;

describe('a session whose client keeps it by a tag', () => {
  it('is recorded as snoozed by it, counted once, and warned when that is over', async () => {
    const world = createReaperWorld();
    world.redshift.open(tagged(501, '1h'));
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({
      state: 'snoozed',
      receipt: null,
      snooze: { by: 'sql:bi_ana', seconds: HOUR },
    });
    expect(world.owners.messages).toEqual([]);
    expect(world.events.events).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: 'Backend Snoozed',
          detail: expect.objectContaining({ pid: 501, by: 'sql:bi_ana' }),
        }),
      ]),
    );
    world.clock.advance(600);
    await reap(world.ports);
    expect(await countOf(world)).toBe(1);
    expect((await world.lastRun()).kept).toMatchObject({ snoozed: 1 });

    world.clock.advance(1100);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', receipt: { owner: OWNER } });
    world.clock.advance(1000);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(await countOf(world)).toBe(1);
  });

  it('is treated the same by a dry run, which records and counts nothing', async () => {
    const world = createReaperWorld({ snooze: { max: 8 * HOUR, perOwnerPerDay: 2 } });
    world.redshift.open(tagged(501, '1h'), tagged(502, '2h'), tagged(503, '2h'), {
      pid: 504,
      idle: 2000,
      user: 'bi_b',
    });
    await reap(world.ports, true);
    const dry = await hashOf(world);
    expect(await countOf(world)).toBe(0);
    expect(await world.recordOf(501)).toBeUndefined();
    await reap(world.ports);
    expect(await hashOf(world)).toBe(dry);
    expect(await countOf(world)).toBe(2);
    expect((await world.lastRun()).counts).toMatchObject({ warn: 2 });
    expect((await world.recordOf(503))?.state).toBe('warned');
  });

  it('is treated the same by a replay of the recorded run, past the bound as well', async () => {
    const world = createReaperWorld({ snooze: { max: 8 * HOUR, perOwnerPerDay: 2 } });
    await world.table.saveSnoozeCount({ owner: OWNER, day: '2026-11-20', count: 1, version: 1 });
    world.redshift.open(tagged(501, '1h'), tagged(502, '2h'));
    await runReapMachine(world.ports, { target: TARGET, dryRun: false, record: true });
    const run = await world.lastRun();
    expect(run.counts).toMatchObject({ warn: 1 });
    const recording = await world.table.readRecording({ target: TARGET, runId: run.runId });
    const target = world.config.targets[TARGET];
    if (recording === null || target === undefined) {
      throw new Error('Expected a recording and a target.');
    }
    expect(recording.snoozesUsed?.map(({ count }) => count)).toEqual([1, 1]);
    const [step] = replayPolicy([{ recording, policy: policyOf(target, world.config) }]).steps;
    expect(step?.asRecorded).toBe(true);
  });

  it('is treated the same by a replay with hashed names, in which nobody is named who snoozed', async () => {
    const world = createReaperWorld({ snooze: { max: 8 * HOUR, perOwnerPerDay: 1 } });
    world.redshift.open(tagged(501, '1h'), tagged(502, '2h'));
    await reap(world.ports);
    world.clock.advance(60);
    await runReapMachine(world.ports, { target: TARGET, dryRun: false, record: true });
    const run = await world.lastRun();
    const recording = await world.table.readRecording({ target: TARGET, runId: run.runId });
    const target = world.config.targets[TARGET];
    if (recording === null || target === undefined) {
      throw new Error('Expected a recording and a target.');
    }
    expect(recording.records.map(({ snooze }) => snooze?.by)).toContain('sql:bi_ana');
    const policy = policyOf(target, world.config);
    const hashed = hashNames(recording, policy, (kind, name) => `${kind}-${hashText(name).slice(0, 8)}`);
    expect(JSON.stringify(hashed.recording)).not.toMatch(/bi_ana|bi-team/);
    expect(hashed.recording.records.map(({ snooze }) => snooze?.by)).toContain(
      `sql:user-${hashText('bi_ana').slice(0, 8)}`,
    );
    const inputs = [{ recording: hashed.recording, policy: inHashedNames(policy, hashed.names, 'it') }];
    expect(replayPolicy(inputs).steps.map(({ asRecorded }) => asRecorded)).toEqual([true]);
  });

  it('is warned of its end before it, though its owner had once been told that there would be none', async () => {
    const rule = { ...EVERYONE, terminateAfter: null };
    const world = createReaperWorld({ rules: [rule] });
    world.redshift.open(tagged(501, '2h'));
    world.redshift.open({ ...tagged(502, '2h'), application: 'nightly' });
    const plain = createReaperWorld({ rules: [rule], snooze: { max: 0, perOwnerPerDay: 0 } });
    await reap({ ...world.ports, config: plain.config });
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', endsAt: null });
    const ends = { ...world.ports, config: createReaperWorld({ rules: [EVERYONE] }).config };
    world.clock.advance(60);
    await reap(ends);
    expect(await world.recordOf(501)).toMatchObject({ state: 'snoozed', snooze: { announcedEnd: null } });
    world.clock.advance(2 * HOUR);
    await reap(ends);
    expect(world.redshift.backends.has(501)).toBe(true);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', receipt: { messageId: 'owner-message-3' } });
    expect(await world.recordOf(502)).toMatchObject({ state: 'terminated' });
    world.clock.advance(900);
    await reap(ends);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });
  });

  it('is warned and ended in this idle spell once somebody has taken the snooze back, and kept anew in the next', async () => {
    const world = createReaperWorld();
    world.redshift.open(tagged(501, '2h'), tagged(502, '2h'));
    await reap(world.ports);
    const record = await world.recordOf(501);
    if (record === undefined) {
      throw new Error('Expected a record of 501, found none.');
    }
    await createTakeBackSnooze(world.ports)({ identity: record.identity, by: 'cli:ann' });
    await reap(world.ports, true);
    const dry = await hashOf(world);
    world.clock.advance(1);
    await reap(world.ports);
    expect(await hashOf(world)).toBe(dry);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned', snooze: { endedBy: 'cli:ann' } });
    expect(await world.recordOf(502)).toMatchObject({ state: 'snoozed' });
    const { items } = await world.table.listRuns({ target: TARGET, limit: 1 });
    const plan = await world.table.readPlan({ target: TARGET, runId: items[0]?.runId ?? '' });
    expect(plan?.members.map(({ reasons }) => reasons.at(-1))).toEqual([
      { clause: 'snooze by its tag was taken back', measured: 'cli:ann', limit: null, held: true },
    ]);
    world.clock.advance(1700);
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'terminated', outcome: 'gone' });

    await createTakeBackSnooze(world.ports)({
      identity: { ...record.identity, pid: 502 },
      by: 'cli:ann',
    });
    world.redshift.use(502);
    world.clock.advance(1900);
    await reap(world.ports);
    expect(await world.recordOf(502)).toMatchObject({ state: 'snoozed', snooze: { by: 'sql:bi_ana' } });
    expect((await world.recordOf(502))?.snooze).not.toHaveProperty('endedBy');
  });

  it('is counted beside hundreds of others of its owner in one run, each once', async () => {
    const world = createReaperWorld({ snooze: { max: 8 * HOUR, perOwnerPerDay: 250 } });
    world.redshift.open(...Array.from({ length: 300 }, (_, index) => tagged(1000 + index, '2h')));
    expect((await reap(world.ports)).failure).toBeNull();
    expect(await countOf(world)).toBe(250);
    expect((await world.lastRun()).kept).toMatchObject({ snoozed: 250 });
    const { items } = await world.table.listBackends({ target: TARGET, limit: 500 });
    expect(items.filter(({ state }) => state === 'snoozed')).toHaveLength(250);
    expect(items.filter(({ state }) => state === 'warned')).toHaveLength(50);
  });

  it('is not kept where snoozing is off', async () => {
    const world = createReaperWorld({ snooze: { max: 0, perOwnerPerDay: 5 } });
    world.redshift.open(tagged(501, '2h'));
    await reap(world.ports);
    expect(await world.recordOf(501)).toMatchObject({ state: 'warned' });
  });

  it('is kept anew in its next idle spell, at the cost of another snooze', async () => {
    const world = createReaperWorld();
    world.redshift.open(tagged(501, '1h'));
    await reap(world.ports);
    world.redshift.use(501);
    world.clock.advance(2000);
    await reap(world.ports);
    expect(await countOf(world)).toBe(2);
    expect((await world.recordOf(501))?.events.map(({ type }) => type)).toEqual(['snoozed', 'recovered', 'snoozed']);
  });

  it('costs nothing when the step that recorded it is done again', async () => {
    const world = createReaperWorld();
    world.redshift.open(tagged(501, '1h'));
    let failed = false;
    const ports = {
      ...world.ports,
      table: {
        ...world.table,
        savePlan: async (...args: Parameters<typeof world.table.savePlan>) => {
          await world.table.savePlan(...args);
          if (!failed) {
            failed = true;
            throw Object.assign(new Error('the answer was lost'), { name: 'Lambda.Unknown' });
          }
        },
      },
    };
    await reap(ports);
    await reap(world.ports);
    expect(await countOf(world)).toBe(1);
  });
});
