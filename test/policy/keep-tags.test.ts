import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backendKey } from '../../src/lifecycle/backend-key.ts';
import { describeVerdict } from '../../src/policy/describe-verdict.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { keepTagOf } from '../../src/policy/keep-tag.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { judgeInputs } from './judge-inputs.ts';
import { exampleRule, idleBackend, judgeInput, snapshotOf, warnedRecord } from './policy-examples.ts';

const HOUR = 3600;
const RULE = exampleRule({ warnAfter: 1800, terminateAfter: HOUR, grace: 900 });
const BOUNDS = { max: 8 * HOUR, perOwnerPerDay: 2 };

const tagged = (idle: number, keep: string, pid = 1073) =>
  idleBackend(idle, {
    application: `nightly keep=${keep}`,
    identity: { ...idleBackend(0).identity, pid },
  });

const snoozing = (input: JudgeInput, used = 0, bounds = BOUNDS): JudgeInput => ({
  ...input,
  snoozing: { bounds, used: new Map(input.snapshot.backends.map(({ identity }) => [backendKey(identity), used])) },
});

describe('a tag in application_name', () => {
  it.each([
    ['my-app keep=2h', 7200],
    ['keep=90m', 5400],
    ['KEEP=1h30m', 5400],
    ['a;keep=1h;owner=x', 3600],
    ['keep=1h keep=3h', 10_800],
    ['keep=20h', 8 * HOUR],
    ['keep=0s', 0],
    ['bookkeep=2h', null],
    ['keep=2hours', null],
    ['keep=', null],
    ['keep=m', null],
    ['keep = 2h', null],
    ['', null],
  ])('%j asks for %s seconds', (application, seconds) => {
    expect(keepTagOf({ application }, 8 * HOUR)).toBe(seconds);
  });

  it('spares a session that would be warned, until its last activity and so long after', () => {
    const input = snoozing(judgeInput([tagged(HOUR, '2h')], { rules: [RULE] }));
    const [verdict] = judge(input);
    expect(verdict).toMatchObject({ action: 'keep', code: 'snoozed', snooze: { seconds: 7200, by: 'sql:bi_reader' } });
    expect(verdict?.snooze?.until).toBe('2026-11-20T16:00:02.000Z');
    expect(verdict && describeVerdict(verdict)).toMatch(/snoozed until 2026-11-20 16:00 by sql:bi_reader$/);
    expect(verdict?.reasons).toEqual(
      expect.arrayContaining([
        { clause: 'idle >= keep of application_name', measured: HOUR, limit: 7200, held: false },
        { clause: 'snoozes of its owner today >= perOwnerPerDay', measured: 0, limit: 2, held: false },
      ]),
    );
  });

  it('spares one that would be ended, and not at the very second in which its time is over', () => {
    const due = (keep: string) => {
      const backend = tagged(2 * HOUR, keep);
      return judge(snoozing(judgeInput([backend], { rules: [RULE], records: [warnedRecord(backend, 1000)] })))[0];
    };
    expect(due('7201s')).toMatchObject({ code: 'snoozed' });
    expect(due('2h')).toMatchObject({ action: 'terminate', code: 'due-termination' });
  });

  it('costs nothing where nothing would be done', () => {
    const [verdict] = judge(snoozing(judgeInput([tagged(60, '2h')], { rules: [RULE] })));
    expect(verdict).toMatchObject({ code: 'below-warning' });
    expect(verdict?.snooze).toBeUndefined();
  });

  it('is not honoured past the bound of its owner, lowest pids first, and says so', () => {
    const backends = [1, 2, 3].map((pid) => tagged(HOUR, '2h', pid)).reverse();
    const verdicts = judge(snoozing(judgeInput(backends, { rules: [RULE] })));
    expect(verdicts.map(({ backend, code }) => [backend.identity.pid, code])).toEqual([
      [3, 'due-warning'],
      [2, 'snoozed'],
      [1, 'snoozed'],
    ]);
    const [refused] = verdicts;
    expect(refused?.reasons.at(-1)).toEqual({
      clause: 'snoozes of its owner today >= perOwnerPerDay',
      measured: 2,
      limit: 2,
      held: true,
    });
    expect(refused && describeVerdict(refused)).toContain('its keep tag is past what its owner may snooze today');
    expect(judge(snoozing(judgeInput(backends, { rules: [RULE] }), 2)).map(({ action }) => action)).toEqual(
      Array(3).fill('warn'),
    );
  });

  it('is counted once in an idle spell', () => {
    const backend = tagged(HOUR, '2h');
    const { lastActiveAt } = backend;
    const snooze = {
      by: 'sql:bi_reader',
      at: '2026-11-20T14:30:00.000Z',
      until: '2026-11-20T15:00:00.000Z',
      seconds: 7200,
      idleSince: lastActiveAt,
      announcedEnd: null,
    };
    const record = { ...warnedRecord(backend, 1000), state: 'snoozed' as const, endsAt: snooze.until, snooze };
    const [verdict] = judge(snoozing(judgeInput([backend], { rules: [RULE], records: [record] }), 2));
    expect(verdict).toMatchObject({ action: 'keep', code: 'snoozed' });
    expect(verdict?.snooze).toBeUndefined();
  });

  it('makes room for the next in rank where slots are short', () => {
    const scratch = exampleRule({ warnAfter: null, terminateAfter: HOUR, grace: 0, notice: 'none' });
    const backends = [
      tagged(3 * HOUR, '4h', 1),
      idleBackend(2 * HOUR, { identity: { ...idleBackend(0).identity, pid: 2 } }),
    ];
    const input = judgeInput(backends, {
      rules: [scratch],
      slots: { limit: 3, keepFree: 2, reserved: 0 },
      pressure: { terminate: 'below-keep-free', steps: 1 },
    });
    expect(judge(input).map(({ action }) => action)).toEqual(['terminate', 'keep']);
    expect(judge(snoozing(input)).map(({ action, code }) => [action, code])).toEqual([
      ['keep', 'snoozed'],
      ['terminate', 'pressed-termination'],
    ]);
  });
});

/** Any judgement, and besides it many idle sessions of few owners, so that tags meet their bound. */
const untagged = fc.oneof(
  judgeInputs,
  fc
    .array(fc.record({ idle: fc.integer({ min: 1000, max: 8000 }), user: fc.constantFrom('bi_a', 'bi_b', 'etl') }), {
      minLength: 2,
      maxLength: 12,
    })
    .map((found) =>
      judgeInput(
        found.map(({ idle, user }, index) =>
          idleBackend(idle, { identity: { ...idleBackend(0).identity, pid: 1000 + index, user } }),
        ),
        { rules: [RULE], ownerOf: ({ identity }) => ({ owner: identity.user, by: 'default' }) },
      ),
    ),
);

/** Generated judgements in which some clients have tags. */
const withTags = fc
  .tuple(
    untagged,
    fc.array(fc.integer({ min: 0, max: 18_000 }), { minLength: 12, maxLength: 12 }),
    fc.nat(1),
    fc.integer({ min: 1, max: 2 }),
  )
  .map(([input, keeps, used, perOwnerPerDay]) => {
    const backends = input.snapshot.backends.map((backend, index) =>
      index % 3 === 0 ? backend : { ...backend, application: `x keep=${keeps[index]}s` },
    );
    return snoozing({ ...input, snapshot: snapshotOf(backends) }, used, { max: 8000, perOwnerPerDay });
  });

const RANK = { terminate: 0, warn: 1, keep: 2 } as const;

describe('judgements with tags', () => {
  it('never grant an owner more than the bound leaves, and only to those idle for less than they ask', () => {
    fc.assert(
      fc.property(withTags, (input) => {
        const granted = new Map<string | null, number>();
        for (const { snooze, owner, backend } of judge(input)) {
          if (snooze !== undefined) {
            granted.set(owner, (granted.get(owner) ?? 0) + 1);
            expect(backend.idleSeconds).toBeLessThan(snooze.seconds);
            expect(snooze.seconds).toBeLessThanOrEqual(8000);
          }
        }
        const { bounds, used } = input.snoozing ?? { bounds: BOUNDS, used: new Map() };
        const left = Math.max(0, bounds.perOwnerPerDay - ([...used.values()][0] ?? 0));
        expect(Math.max(0, ...granted.values())).toBeLessThanOrEqual(left);
      }),
      { numRuns: 500 },
    );
  });

  it('come to the same plan whatever the order of rows', () => {
    fc.assert(
      fc.property(withTags, (input) => {
        const { snapshot } = input;
        const reversed = { ...snapshot, backends: snapshot.backends.toReversed() };
        const plan = makePlan(snapshot, judge(input));
        expect(makePlan(reversed, judge({ ...input, snapshot: reversed })).hash).toBe(plan.hash);
      }),
      { numRuns: 300 },
    );
  });

  it('never treat a session worse because it asks for longer', () => {
    fc.assert(
      fc.property(withTags, fc.nat(11), fc.nat(9000), fc.nat(9000), (input, at, one, other) => {
        const index = at % Math.max(1, input.snapshot.backends.length);
        const actionWith = (keep: number) => {
          const backends = input.snapshot.backends.map((backend, position) =>
            position === index ? { ...backend, application: `x keep=${keep}s` } : backend,
          );
          return judge({ ...input, snapshot: snapshotOf(backends) })[index]?.action ?? 'keep';
        };
        expect(RANK[actionWith(Math.max(one, other))]).toBeGreaterThanOrEqual(RANK[actionWith(Math.min(one, other))]);
      }),
      { numRuns: 500 },
    );
  });
});
