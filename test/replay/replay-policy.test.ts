import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Rule } from '../../src/policy/rule.ts';
import { createBeginRun } from '../../src/reaper/begin-run.ts';
import { createPlanRedshiftActions } from '../../src/reaper/plan-redshift-actions.ts';
import { createSubmitSessionQuery } from '../../src/reaper/submit-session-query.ts';
import { type HashName, hashNames } from '../../src/replay/hash-names.ts';
import { inHashedNames } from '../../src/replay/in-hashed-names.ts';
import { type Policy, policyOf } from '../../src/replay/policy.ts';
import type { Recording } from '../../src/replay/recording.ts';
import { recordingShape } from '../../src/replay/recording-shape.ts';
import { replayPolicy } from '../../src/replay/replay-policy.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { policies, worldOf } from '../support/generated-policies.ts';
import { runReapMachine } from '../support/reap-machine.ts';
import { createReaperWorld, EVERYONE, type ReaperWorld, TARGET, UNWARNED } from '../support/reaper-world.ts';

const hash: HashName = (kind, name) =>
  name === '' ? '' : `${kind}-${createHmac('sha256', 'salt').update(name).digest('hex').slice(0, 32)}`;

function policyIn(world: ReaperWorld): Policy {
  const target = world.config.targets[TARGET];
  if (target === undefined) {
    throw new Error(`Expected a target ${TARGET}.`);
  }
  return policyOf(target, world.config);
}

/** Runs, and answers what the run recorded. */
async function record(world: ReaperWorld, dryRun = false): Promise<Recording> {
  const { failure } = await runReapMachine(world.ports, { target: TARGET, dryRun, record: true });
  const { runId, planHash } = await world.lastRun();
  const recording = await world.table.readRecording({ target: TARGET, runId });
  if (recording === null) {
    throw new Error(`Expected a recording of run ${runId}, found none; it failed with ${failure?.error}.`);
  }
  expect(recording.planHash).toBe(planHash);
  return recording;
}

const replay = (recordings: readonly Recording[], policy: Policy) =>
  replayPolicy(recordings.map((recording) => ({ recording, policy })));

const withRules = (policy: Policy, ...rules: Rule[]): Policy => ({ ...policy, rules });

/** What happens to each pid: `[minutes since the first recording, action]`. */
function deedsOf(recordings: readonly Recording[], policy: Policy) {
  const start = Date.parse(recordings[0]?.now ?? '');
  return Object.fromEntries(
    [...replay(recordings, policy).fates.values()].map(({ identity, deeds }) => [
      identity.pid,
      deeds.map(({ at, action }) => [Math.round((Date.parse(at) - start) / 60_000), action]),
    ]),
  );
}

/** Six runs, ten minutes apart, of a world with a dashboard that was idle for 25 minutes when they began. */
async function anHour(world: ReaperWorld, between: (run: number) => void = () => {}): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (let run = 0; run < 6; run += 1) {
    recordings.push(await record(world));
    between(run);
    world.clock.advance(600);
  }
  return recordings;
}

describe('a recorded run', () => {
  it('leaves no recording unless it was asked for, and none of a history', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 3000 });
    await runReapMachine(world.ports, { target: TARGET });
    expect(await world.table.readRecording({ target: TARGET, runId: (await world.lastRun()).runId })).toBeNull();
    const recording = await record(world);
    expect(recording.records.map(({ state, events }) => [state, events])).toEqual([['warned', []]]);
    expect(recordingShape.parse(JSON.parse(JSON.stringify(recording)))).toEqual(recording);
  });

  it('is refused together with an approved plan, which is not made of what the run sees', async () => {
    const world = createReaperWorld();
    const apply = { hash: 'a'.repeat(64), runId: 'run-1' };
    const { failure } = await runReapMachine(world.ports, { target: TARGET, record: true, apply });
    expect(failure?.error).toBe('InvalidRunInput');
  });

  it('belongs to the plan that is kept, also when the step is repeated later', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 1795, user: 'bi_reader' });
    const step = { runId: 'run-1', startedAt: world.clock.now().toISOString(), execution: 'arn:execution:run-1' };
    const { run } = await createBeginRun(world.ports)({ ...step, input: { target: TARGET, record: true } });
    const { statementId } = await createSubmitSessionQuery(world.ports)({ run });
    await world.redshift.warehouse.describe(statementId);
    let lost = true;
    const table: SessionTable = {
      ...world.table,
      async savePlan(...args) {
        if (lost) {
          lost = false;
          throw new Error('The table did not answer.');
        }
        await world.table.savePlan(...args);
      },
    };
    const plan = createPlanRedshiftActions({ ...world.ports, table });
    await expect(plan({ run, statementId })).rejects.toThrow('did not answer');
    const nows: string[] = [];
    for (const seconds of [60, 60]) {
      world.clock.advance(seconds);
      const { hash: planned } = await plan({ run, statementId });
      const recording = await table.readRecording({ target: TARGET, runId: 'run-1' });
      expect(recording?.planHash).toBe(planned);
      expect(replay(recording === null ? [] : [recording], policyIn(world)).steps[0]?.asRecorded).toBe(true);
      nows.push(recording?.now ?? '');
    }
    // The second try stored a plan and what it was made of; the third found both.
    expect(Date.parse(nows[0] ?? '')).toBe(Date.parse(step.startedAt) + 60_000);
    expect(nows[1]).toBe(nows[0]);
  });

  it('says that it does not act when it is dry, or past a cap', async () => {
    const world = createReaperWorld({ caps: { maxTerminations: 0, maxShare: 1 } });
    world.redshift.open({ pid: 501, idle: 4000, user: 'scratch_1' });
    expect((await record(world, true)).acts).toBe(false);
    expect((await record(world)).acts).toBe(false);
    expect((await record(createReaperWorld())).acts).toBe(true);
  });
});

describe('replay', () => {
  it('gives the recorded plans for the policy that made them, whatever happened meanwhile', {
    timeout: 60_000,
  }, async () => {
    const happening = fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom('run', 'run', 'dry') },
      { weight: 3, arbitrary: fc.constantFrom(50, 60, 850, 900, 1800) },
      {
        weight: 2,
        arbitrary: fc.record({
          open: fc.integer({ min: 501, max: 505 }),
          idle: fc.constantFrom(0, 1800, 4000),
          user: fc.constantFrom('bi_reader', 'etl', 'scratch_1'),
          running: fc.boolean(),
          denied: fc.boolean(),
        }),
      },
      { weight: 1, arbitrary: fc.record({ use: fc.integer({ min: 501, max: 505 }) }) },
    );
    await fc.assert(
      fc.asyncProperty(
        policies,
        fc.array(happening, { minLength: 3, maxLength: 12 }),
        async (generated, happenings) => {
          const world = worldOf(generated);
          const policy = policyIn(world);
          const users = ['bi_reader', 'etl', 'scratch_1'];
          world.redshift.open(...users.map((user, index) => ({ pid: 506 + index, idle: 1800, user })));
          const recordings = [await record(world)];
          for (const what of [...happenings, 'run' as const]) {
            if (typeof what === 'string') {
              recordings.push(await record(world, what === 'dry'));
            } else if (typeof what === 'number') {
              world.clock.advance(what);
            } else if ('use' in what) {
              world.redshift.use(what.use);
            } else if (!world.redshift.backends.has(what.open)) {
              world.redshift.open({ ...what, pid: what.open });
            }
          }
          for (const recording of recordings) {
            expect(replay([recording], policy).steps[0]?.plan.hash).toBe(recording.planHash);
          }
          // One after the other as well, as long as each was acted on.
          const acted = recordings.filter(({ acts }) => acts);
          if (acted.length === recordings.length) {
            expect(replay(recordings, policy).steps.map(({ asRecorded }) => asRecorded)).toEqual(
              recordings.map(() => true),
            );
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('sends warnings virtually, and ends by them when their grace is over', async () => {
    const world = createReaperWorld({
      rules: [{ ...EVERYONE, name: 'only-looks', terminateAfter: null, warnAfter: 86_400 }],
    });
    world.redshift.open({ pid: 501, idle: 1500, user: 'bi_reader' });
    const recordings = await anHour(world);
    const policy = policyIn(world);
    expect(deedsOf(recordings, policy)).toEqual({});
    expect(deedsOf(recordings, withRules(policy, EVERYONE))).toEqual({
      501: [
        [10, 'warn'],
        [40, 'terminate'],
      ],
    });
    expect(deedsOf(recordings, withRules(policy, { ...EVERYONE, terminateAfter: 1800, grace: 600 }))).toEqual({
      501: [
        [10, 'warn'],
        [20, 'terminate'],
      ],
    });
  });

  it('begins anew with whoever works again, and says who would have been missed', async () => {
    const world = createReaperWorld({ rules: [{ ...EVERYONE, terminateAfter: null, warnAfter: 86_400 }] });
    world.redshift.open({ pid: 501, idle: 3000, user: 'bi_reader' }, { pid: 502, idle: 4000, user: 'scratch_1' });
    const recordings = await anHour(world, (run) => {
      if (run === 0) {
        world.redshift.use(501);
        world.redshift.use(502);
      }
    });
    const { fates } = replay(recordings, withRules(policyIn(world), UNWARNED, EVERYONE));
    expect(
      [...fates.values()].map(({ identity, deeds, usedAfterEnd }) => [
        identity.pid,
        deeds.map(({ action }) => action),
        usedAfterEnd,
      ]),
    ).toEqual([
      [501, ['warn', 'warn'], false],
      [502, ['terminate'], true],
    ]);
  });

  it('does nothing where the caps would have refused', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 4000, user: 'scratch_1' });
    const recording = await record(world);
    const capped = { ...policyIn(world), caps: { maxTerminations: 0, maxShare: 1 } };
    const { steps, fates } = replay([recording], capped);
    expect(steps[0]).toMatchObject({ refused: 'CapExceeded', asRecorded: true });
    expect(fates.size).toBe(0);
  });

  it('honours the snooze of an owner in the other world, too', async () => {
    const world = createReaperWorld({ rules: [{ ...EVERYONE, terminateAfter: null }] });
    world.redshift.open({ pid: 501, idle: 3500, user: 'bi_reader' });
    const first = await record(world);
    world.clock.advance(1000);
    const second = await record(world);
    const [warned] = second.records;
    if (warned === undefined) {
      throw new Error('Expected the record of the warning.');
    }
    const snoozed = {
      ...second,
      records: [{ ...warned, state: 'snoozed' as const, endsAt: '2036-01-01T00:00:00.000Z' }],
    };
    const stricter = withRules(policyIn(world), EVERYONE);
    const actions = (recordings: Recording[]) =>
      [...replay(recordings, stricter).fates.values()].flatMap(({ deeds }) => deeds.map(({ action }) => action));
    expect(actions([first, second])).toEqual(['warn', 'terminate']);
    expect(actions([first, snoozed])).toEqual(['warn']);
  });
});

describe('hashed names', () => {
  it('hide users, hosts, owners and tenants, and give the same deeds under the policy that was in use', async () => {
    const world = createReaperWorld();
    world.redshift.open({ pid: 501, idle: 3000, user: 'bi_reader' }, { pid: 502, idle: 4000, user: 'scratch_1' });
    const recordings = await anHour(world);
    const policy = policyIn(world);
    const hashed = recordings.map((recording) => hashNames(recording, policy, hash));
    expect(JSON.stringify(hashed.map(({ recording }) => recording))).not.toMatch(/bi_reader|scratch_1|example\.com/);
    const { steps, fates } = replayPolicy(
      hashed.map(({ recording, names }) => ({ recording, policy: inHashedNames(policy, names, 'it') })),
    );
    expect(steps.every(({ asRecorded }) => asRecorded === true)).toBe(true);
    const plain = replay(recordings, policy);
    expect([...fates.values()].map(({ identity, deeds }) => [identity.pid, deeds])).toEqual(
      [...plain.fates.values()].map(({ identity, deeds }) => [identity.pid, deeds]),
    );
    expect([...fates.values()].flatMap(({ deeds }) => deeds.map(({ owner }) => owner))).toContain(
      'bi-team@example.com',
    );
  });

  it('lead to the same owners by role, group, address and tag', async () => {
    const owners = [
      { role: 'Analyst*', user: '*', owner: 'analysts@example.com' },
      { group: 'admin_grp', owner: 'admins@example.com' },
      { user: 'bi_*', clientHost: '10.0.0.0/8', owner: 'lab@example.com' },
    ];
    const world = createReaperWorld({ notices: { owners, ownerTag: ['*@example.com'] } });
    world.redshift.open(
      { pid: 501, idle: 3000, user: 'IAMR:AnalystEU' },
      { pid: 502, idle: 3000, user: 'IAMA:aws_admin:admin_grp' },
      { pid: 503, idle: 3000, user: 'IAM:bi_reader' },
      { pid: 504, idle: 3000, user: 'bi_reader', application: 'x owner=bob@example.com' },
      { pid: 505, idle: 3000, user: 'ana' },
    );
    const recording = await record(world);
    const { recording: hashed, names } = hashNames(recording, policyIn(world), hash);
    expect(JSON.stringify(hashed)).not.toMatch(/AnalystEU|aws_admin|bi_reader|bob@|10\.0\.0/);
    const { fates } = replayPolicy([{ recording: hashed, policy: inHashedNames(policyIn(world), names, 'it') }]);
    const told = new Map([...fates.values()].map(({ identity, deeds }) => [identity.pid, deeds[0]?.owner]));
    expect(Object.fromEntries(told)).toEqual({
      501: 'analysts@example.com',
      502: 'admins@example.com',
      503: 'lab@example.com',
      504: hash('owner', 'bob@example.com'),
      505: 'data-platform@example.com',
    });
  });

  it('spare a superuser whom a rule does not name without a wildcard, as the names themselves do', async () => {
    const rules = [{ ...EVERYONE, match: { user: ['adm*'] }, notice: 'none' as const, warnAfter: null }];
    const world = createReaperWorld({ rules });
    world.redshift.open({ pid: 501, idle: 4000, user: 'admin', superuser: true });
    const { recording, names } = hashNames(await record(world), policyIn(world), hash);
    const under = (match: Rule['match']) =>
      replayPolicy([
        {
          recording,
          policy: inHashedNames(
            withRules(policyIn(world), { ...EVERYONE, match, notice: 'none', warnAfter: null }),
            names,
            'it',
          ),
        },
      ]).fates.size;
    expect(under({ user: ['adm*'] })).toBe(0);
    expect(() => under({ user: ['admin'] })).toThrow(expect.objectContaining({ name: 'PatternNotRecorded' }));
    const literal = { ...names, users: [...names.users, { pattern: 'admin', fits: [hash('user', 'admin')] }] };
    const named = withRules(policyIn(world), {
      ...EVERYONE,
      match: { user: ['admin'] },
      notice: 'none',
      warnAfter: null,
    });
    expect(replayPolicy([{ recording, policy: inHashedNames(named, literal, 'it') }]).fates.size).toBe(1);
  });

  it('leave the plan unknown when the policy at hand is not the one that decided', async () => {
    const world = createReaperWorld();
    const recording = await record(world);
    expect(hashNames(recording, policyIn(world), hash).recording.planHash).not.toBeNull();
    expect(hashNames(recording, withRules(policyIn(world), EVERYONE), hash).recording.planHash).toBeNull();
  });
});
