import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { countSlots } from '../../src/policy/count-slots.ts';
import { describeVerdict } from '../../src/policy/describe-verdict.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { measurePressure } from '../../src/policy/measure-pressure.ts';
import { pressRule } from '../../src/policy/press-rule.ts';
import type { PressurePolicy } from '../../src/policy/pressure-policy.ts';
import type { Verdict } from '../../src/policy/verdict.ts';
import {
  exampleRule,
  idleBackend,
  judgeInput,
  NOW,
  secondsBefore,
  snapshotOf,
  warnedRecord,
} from './policy-examples.ts';

const WHEN_NEEDED: PressurePolicy = { terminate: 'below-keep-free', steps: 1 };
const UNANNOUNCED = exampleRule({ warnAfter: null, notice: 'none' });

function numbered(pid: number, idleSeconds: number, changes: Partial<Backend> = {}): Backend {
  return idleBackend(idleSeconds, { ...changes, identity: { ...idleBackend(0).identity, pid } });
}

/** Action and code of each backend, by pid. */
function judged(backends: readonly Backend[], changes: Partial<JudgeInput>): Record<number, string> {
  return Object.fromEntries(
    judge(judgeInput(backends, changes)).map(({ backend, action, code }) => [
      backend.identity.pid,
      `${action} ${code}`,
    ]),
  );
}

/** So many slots that `free` of them are free beside these backends. */
function slotsFor(backends: readonly Backend[], free: number, keepFree: number) {
  return { limit: backends.length + free, reserved: 0, keepFree };
}

describe('slots', () => {
  it('are counted as the server counts them: the platform has its own, superusers and Slotkeeper take one', () => {
    const backends = [
      numbered(1, 0, { own: true, superuser: true }),
      numbered(2, 0, { system: true, superuser: true }),
      numbered(3, 0, { superuser: true }),
      numbered(4, 0),
    ];
    expect(countSlots(backends, { limit: 10, reserved: 3, keepFree: 2 })).toEqual({
      used: 3,
      own: 1,
      system: 1,
      free: 4,
      overdrawn: 0,
    });
    expect(countSlots(backends, { limit: 5, reserved: 3, keepFree: 1 })).toMatchObject({ free: 0, overdrawn: 1 });
  });

  it('that superusers have taken of the reserved ones must be given back before one is free', () => {
    const policy = { terminate: 'always' as const, steps: 2 };
    expect(measurePressure({ free: 0, overdrawn: 2 }, { keepFree: 10 }, policy)).toMatchObject({ needed: 12, step: 2 });
  });

  it('make pressure in equal steps below those that are to be kept free', () => {
    const at = (free: number) => {
      const { needed, step } = measurePressure(
        { free, overdrawn: 0 },
        { keepFree: 30 },
        { terminate: 'always', steps: 3 },
      );
      return [needed, step];
    };
    expect([40, 30, 29, 20, 19, 10, 9, 0].map(at)).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
      [10, 1],
      [11, 2],
      [20, 2],
      [21, 3],
      [30, 3],
    ]);
    expect(
      measurePressure({ free: 0, overdrawn: 0 }, { keepFree: 0 }, { terminate: 'always', steps: 3 }),
    ).toMatchObject({
      needed: 0,
      step: 0,
    });
  });
});

describe('a rule under pressure', () => {
  it('shrinks its thresholds step by step, to those of whenFreeSlotsBelow', () => {
    const rule = exampleRule({ whenFreeSlotsBelow: { warnAfter: 0, terminateAfter: 900, grace: 100 } });
    const at = (step: number) => {
      const { warnAfter, terminateAfter, grace } = pressRule(rule, step, 3);
      return [warnAfter, terminateAfter, grace];
    };
    expect([0, 1, 2, 3].map(at)).toEqual([
      [1800, 3600, 900],
      [1200, 2700, 634],
      [600, 1800, 367],
      [0, 900, 100],
    ]);
  });

  it('has what it does not have by itself from the first step on, and keeps what is not named', () => {
    const warnOnly = exampleRule({ terminateAfter: null, whenFreeSlotsBelow: { terminateAfter: 2000 } });
    expect(pressRule(warnOnly, 1, 4)).toMatchObject({ warnAfter: 1800, terminateAfter: 2000, grace: 900 });
    const lateWarning = exampleRule({ warnAfter: null, whenFreeSlotsBelow: { warnAfter: 1600 } });
    expect(pressRule(lateWarning, 1, 2)).toMatchObject({ warnAfter: 2600, terminateAfter: 3600 });
    expect(pressRule(exampleRule(), 2, 2)).toEqual(exampleRule());
  });
});

describe('ends that depend on free slots', () => {
  const backends = [4000, 5000, 6000, 7000].map((idle, index) => numbered(index + 1, idle));

  it('are not made while enough slots are free, and no more than are needed below', () => {
    const given = (free: number, keepFree: number) =>
      judged(backends, { rules: [UNANNOUNCED], pressure: WHEN_NEEDED, slots: slotsFor(backends, free, keepFree) });
    expect(new Set(Object.values(given(10, 10)))).toEqual(new Set(['keep not-needed']));
    expect(given(8, 10)).toEqual({
      1: 'keep not-needed',
      2: 'keep not-needed',
      3: 'terminate pressed-termination',
      4: 'terminate pressed-termination',
    });
    expect(new Set(Object.values(given(0, 10)))).toEqual(new Set(['terminate pressed-termination']));
  });

  it('take those who lose least first, then the most idle', () => {
    const mixed = [
      numbered(1, 9000, { activity: 'idle-in-transaction-holding-locks' }),
      numbered(2, 8000, { activity: 'idle-in-transaction' }),
      numbered(3, 7000, { tempTables: true }),
      numbered(4, 4000),
      numbered(5, 5000),
    ];
    const ends = (needed: number) =>
      judge(judgeInput(mixed, { rules: [UNANNOUNCED], pressure: WHEN_NEEDED, slots: slotsFor(mixed, 10 - needed, 10) }))
        .filter(({ action }) => action === 'terminate')
        .map(({ backend }) => backend.identity.pid);
    expect([1, 2, 3, 4, 5].map(ends)).toEqual([[5], [4, 5], [3, 4, 5], [2, 3, 4, 5], [1, 2, 3, 4, 5]]);
  });

  it('take those who are due under less pressure first, whatever they lose', () => {
    const mixed = [numbered(1, 5000, { activity: 'idle-in-transaction' }), numbered(2, 3000), numbered(3, 2500)];
    const rules = [{ ...UNANNOUNCED, terminateAfter: 6000, whenFreeSlotsBelow: { terminateAfter: 0 } }];
    const pressure = { terminate: 'always' as const, steps: 3 };
    const given = (free: number) => judged(mixed, { rules, pressure, slots: slotsFor(mixed, free, 3) });
    expect(given(2)).toEqual({
      1: 'terminate pressed-termination',
      2: 'keep below-termination',
      3: 'keep below-termination',
    });
    expect(given(1)).toEqual({
      1: 'terminate pressed-termination',
      2: 'terminate pressed-termination',
      3: 'keep not-needed',
    });
  });

  it('are made anyway by the thresholds of the rule itself where the target says always, and count as needed ones', () => {
    const rules = [{ ...UNANNOUNCED, terminateAfter: 6000, whenFreeSlotsBelow: { terminateAfter: 0 } }];
    const given = (free: number) => judged(backends, { rules, slots: slotsFor(backends, free, 10) });
    expect(given(10)).toEqual({
      1: 'keep below-termination',
      2: 'keep below-termination',
      3: 'terminate due-termination',
      4: 'terminate due-termination',
    });
    expect(given(8)).toMatchObject({ 1: 'keep not-needed', 2: 'keep not-needed', 3: 'terminate due-termination' });
    expect(given(7)).toMatchObject({ 1: 'keep not-needed', 2: 'terminate pressed-termination' });
  });

  it('warn above keepFree only where the rule has a warnAfter of its own', () => {
    const slots = slotsFor(backends, 10, 10);
    const warns = judged(backends, { pressure: WHEN_NEEDED, slots });
    expect(warns[1]).toBe('warn due-warning');
    const rules = [exampleRule({ warnAfter: null })];
    expect(judged(backends, { rules, pressure: WHEN_NEEDED, slots })[1]).toBe('keep not-needed');
    expect(judged(backends, { rules, pressure: WHEN_NEEDED, slots: slotsFor(backends, 9, 10) })[1]).toBe(
      'warn due-warning',
    );
  });

  it('say in words and in reasons how many must go, and who is spared', () => {
    const verdicts = judge(
      judgeInput(backends, {
        rules: [UNANNOUNCED],
        pressure: WHEN_NEEDED,
        slots: slotsFor(backends, 9, 10),
      }),
    );
    const [spared, , , ended] = verdicts as [Verdict, Verdict, Verdict, Verdict];
    expect(ended.reasons).toEqual([
      { clause: 'idle >= terminateAfter', measured: 7000, limit: 3600, held: true },
      { clause: 'free slots < slots.keepFree', measured: 9, limit: 10, held: true },
      { clause: 'rank <= ends needed', measured: 1, limit: 1, held: true },
    ]);
    expect(describeVerdict(ended)).toBe(
      'idle 1h 56m ≥ 1h (rule everyone-else), ends now, number 1 of the 1 that must go',
    );
    expect(spared.reasons.at(-1)).toEqual({ clause: 'rank <= ends needed', measured: 4, limit: 1, held: false });
    expect(describeVerdict(spared)).toBe(
      'idle 1h 6m ≥ 1h (rule everyone-else), kept, enough slots are free without its end',
    );
  });
});

describe('a warning by a rule with whenFreeSlotsBelow', () => {
  const backend = numbered(1, 2000);
  const rules = [exampleRule({ whenFreeSlotsBelow: { terminateAfter: 2100, grace: 60 } })];

  it('announces the end that would come without a free slot, and no end comes before it', () => {
    const [verdict] = judge(judgeInput([backend], { rules }));
    // Idle for 2100 s at 15:01:40 by the server, which is 2 s behind; the grace of 60 s ends before.
    expect(verdict).toMatchObject({ action: 'warn', endsAt: '2026-11-20T15:01:42.000Z' });
  });

  it('holds for whoever was warned before the rule was made stricter', () => {
    const due = numbered(1, 3700);
    const records = [warnedRecord(due, 100, { endsAt: secondsBefore(-60) })];
    const pressed = { rules, records, slots: slotsFor([due], 0, 10) };
    const [verdict] = judge(judgeInput([due], pressed));
    expect(verdict).toMatchObject({ action: 'keep', code: 'warned-waiting', endsAt: secondsBefore(-60) });
    expect(verdict?.reasons).toContainEqual({
      clause: 'announced end is over',
      measured: secondsBefore(-60),
      limit: NOW.toISOString(),
      held: false,
    });
    expect(judged([due], { ...pressed, records: [warnedRecord(due, 100, { endsAt: secondsBefore(0) })] })[1]).toBe(
      'terminate pressed-termination',
    );
  });

  it('takes the shortened grace into the plan, where the claim looks for it', () => {
    const due = numbered(1, 3700);
    const pressed = { rules, records: [warnedRecord(due, 100)], slots: slotsFor([due], 0, 10) };
    const plan = makePlan(snapshotOf([due]), judge(judgeInput([due], pressed)));
    expect(plan.members).toMatchObject([{ action: 'terminate', code: 'pressed-termination', grace: 60 }]);
    expect(judged([due], { ...pressed, slots: slotsFor([due], 10, 10) })[1]).toBe('keep warned-waiting');
  });
});

describe('ends that may not be', () => {
  const due = numbered(1, 5400);
  const records = [warnedRecord(due, 3600)];
  const weak = { ...due, evidence: { confidence: 'low' as const, sources: ['STV_SESSIONS', 'SVV_TRANSACTIONS'] } };

  it('for weak evidence are held back, and the owner is warned all the same', () => {
    const [verdict] = judge(judgeInput([weak], { records }));
    expect(verdict).toMatchObject({ action: 'keep', code: 'low-confidence' });
    expect(describeVerdict(verdict as Verdict)).toContain('kept, the evidence is too weak to end it');
    expect(judged([weak], {})[1]).toBe('warn due-warning');
    expect(judged([weak], { rules: [UNANNOUNCED] })[1]).toBe('keep low-confidence');
  });

  it('for want of the right announce no end, and spare all but sessions of the very same user', () => {
    const own = idleBackend(0, {
      own: true,
      activity: 'running',
      identity: { ...due.identity, pid: 9, user: 'auditor' },
    });
    const mine = idleBackend(5400, { identity: { ...due.identity, pid: 2, user: 'auditor' } });
    const canary = { seesEveryone: true, mayEndOthers: false, ownPid: 9, ownSessionSeen: true };
    const snapshot = snapshotOf([own, due, mine], { canary });
    const actions = (changes: Partial<JudgeInput>) =>
      judge(judgeInput([], { snapshot, ...changes })).map(({ action, code, endsAt }) => [
        action,
        code,
        endsAt === null,
      ]);
    expect(actions({ rules: [UNANNOUNCED] })).toEqual([
      ['keep', 'own', true],
      ['keep', 'may-not-end', true],
      ['terminate', 'due-termination', false],
    ]);
    expect(actions({}).slice(1)).toEqual([
      ['warn', 'due-warning', true],
      ['warn', 'due-warning', false],
    ]);
    expect(actions({ records })[1]).toEqual(['keep', 'may-not-end', true]);
  });
});
