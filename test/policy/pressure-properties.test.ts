import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { countSlots } from '../../src/policy/count-slots.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { exampleRule, idleBackend, judgeInput, NOW, warnedRecord } from './policy-examples.ts';

const seconds = fc.integer({ min: 0, max: 6_000 });

const backend: fc.Arbitrary<Backend> = fc
  .record({
    idleSeconds: seconds,
    user: fc.constantFrom('bi_a', 'bi_b', 'etl'),
    activity: fc.constantFrom(
      'idle' as const,
      'idle' as const,
      'idle-in-transaction' as const,
      'idle-in-transaction-holding-locks' as const,
      'running' as const,
    ),
    tempTables: fc.boolean(),
    own: fc.constantFrom(false, false, false, true),
    system: fc.constantFrom(false, false, false, true),
    confidence: fc.constantFrom('low' as const, 'medium' as const, 'high' as const),
  })
  .map(({ idleSeconds, user, confidence, ...rest }) =>
    idleBackend(idleSeconds, {
      ...rest,
      evidence: { confidence, sources: ['STV_SESSIONS'] },
      identity: { ...idleBackend(0).identity, user },
    }),
  );

/** At most its own: as the configuration demands. */
const pressedOf = (own: number | null, most = own): fc.Arbitrary<number | undefined> =>
  fc.option(most === null ? seconds : fc.integer({ min: 0, max: most }), { nil: undefined });

/** Ends many, and more at each step: so that those who are due at different steps compete. */
const STEEP = exampleRule({
  warnAfter: null,
  terminateAfter: 6_000,
  notice: 'none',
  whenFreeSlotsBelow: { terminateAfter: 0 },
});

const rule: fc.Arbitrary<Rule> = fc
  .record({
    users: fc.constantFrom<readonly string[]>(['*'], ['bi_*'], ['etl']),
    warnAfter: fc.option(seconds),
    terminateAfter: fc.option(seconds),
    grace: seconds,
    notice: fc.constantFrom('owner' as const, 'owner' as const, 'none' as const),
    keep: fc.constantFrom(false, false, false, true),
    isPressed: fc.boolean(),
  })
  .chain(({ users, isPressed, ...own }) => {
    const plain = exampleRule({ ...own, match: { user: users } });
    return isPressed
      ? fc
          .record({
            warnAfter: pressedOf(own.warnAfter ?? own.terminateAfter),
            terminateAfter: pressedOf(own.terminateAfter),
            grace: pressedOf(own.grace),
          })
          .map((pressed) => ({ ...plain, whenFreeSlotsBelow: withoutUndefined(pressed) }))
      : fc.constant(plain);
  });

function withoutUndefined(pressed: Record<'warnAfter' | 'terminateAfter' | 'grace', number | undefined>) {
  return Object.fromEntries(Object.entries(pressed).filter(([, value]) => value !== undefined));
}

const world: fc.Arbitrary<JudgeInput> = fc
  .record({
    found: fc.array(fc.tuple(backend, fc.option(seconds)), { maxLength: 14 }),
    rules: fc.oneof(fc.array(rule, { minLength: 1, maxLength: 3 }), fc.constant<Rule[]>([STEEP])),
    free: fc.integer({ min: 0, max: 6 }),
    reserved: fc.integer({ min: 0, max: 3 }),
    keepFree: fc.integer({ min: 0, max: 5 }),
    terminate: fc.constantFrom('always' as const, 'below-keep-free' as const),
    steps: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ found, rules, free, reserved, keepFree, terminate, steps }) => {
    const backends = found.map(([one], index) => ({ ...one, identity: { ...one.identity, pid: 1_000 + index } }));
    const records = backends.flatMap((one, index) => {
      const told = found[index]?.[1] ?? null;
      return told === null ? [] : [warnedRecord(one, told)];
    });
    const named = rules.map((one, index) => ({ ...one, name: `rule-${index}` }));
    const used = backends.filter(({ system }) => !system).length;
    const slots = { limit: used + reserved + free, reserved, keepFree };
    return judgeInput(backends, { records, rules: named, slots, pressure: { terminate, steps } });
  });

function check(property: (given: JudgeInput) => void): void {
  fc.assert(fc.property(world, property), { numRuns: 1_000 });
}

function neededOf({ snapshot, slots }: JudgeInput): number {
  const { free, overdrawn } = countSlots(snapshot.backends, slots);
  return free >= slots.keepFree ? 0 : slots.keepFree - free + overdrawn;
}

function endsOf(given: JudgeInput): readonly number[] {
  return judge(given)
    .filter(({ action }) => action === 'terminate')
    .map(({ backend: { identity } }) => identity.pid);
}

function unpressed({ whenFreeSlotsBelow: _, ...one }: Rule): Rule {
  return one;
}

describe('under whatever pressure', () => {
  it('no more ends are made than are needed, but for those that the rules make without pressure', () => {
    check((given) => {
      const needed = neededOf(given);
      const ends = endsOf(given);
      if (given.pressure.terminate === 'below-keep-free') {
        expect(ends.length).toBeLessThanOrEqual(needed);
        return;
      }
      const anyway = endsOf({ ...given, rules: given.rules.map(unpressed) });
      expect(ends).toEqual(expect.arrayContaining([...anyway]));
      expect(ends.length).toBeLessThanOrEqual(Math.max(needed, anyway.length));
    });
  });

  it('as many ends are made as are needed, as long as somebody is due', () => {
    check((given) => {
      const verdicts = judge(given);
      const spared = verdicts.filter(({ code, reasons }) =>
        code === 'not-needed' ? reasons.some(({ clause }) => clause === 'rank <= ends needed') : false,
      );
      if (spared.length > 0) {
        const ends = verdicts.filter(({ action }) => action === 'terminate').length;
        expect(ends).toBeGreaterThanOrEqual(neededOf(given));
      }
    });
  });

  it('whoever is ended with some slots free is ended with fewer, too', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 1, max: 3 }), (given, fewer) => {
        const { slots } = given;
        const ends = endsOf({ ...given, slots: { ...slots, limit: slots.limit - fewer } });
        expect(ends).toEqual(expect.arrayContaining([...endsOf(given)]));
      }),
      { numRuns: 1_000 },
    );
  });

  it('nobody is ended without a receipt as old as the grace of the plan, on weak evidence, or before the announced end', () => {
    check((given) => {
      for (const { backend: one, rule: name, grace, endsAt } of judge(given).filter(
        ({ action }) => action === 'terminate',
      )) {
        const decided = given.rules.find((candidate) => candidate.name === name);
        expect(one.evidence.confidence).not.toBe('low');
        expect(one.activity).not.toBe('running');
        expect(one.own || one.system).toBe(false);
        expect(Date.parse(endsAt ?? '')).toBeLessThanOrEqual(NOW.getTime());
        if (decided?.notice === 'owner') {
          const record = given.records.find(({ identity }) => identity.pid === one.identity.pid);
          const age = (NOW.getTime() - Date.parse(record?.receipt?.at ?? '')) / 1000;
          expect(age).toBeGreaterThanOrEqual(grace ?? decided.grace);
          expect(grace ?? decided.grace).toBeGreaterThanOrEqual(decided.whenFreeSlotsBelow?.grace ?? decided.grace);
        }
      }
    });
  });

  it('nobody is ended before the end that the warning announced, however slots run short after it', () => {
    fc.assert(
      fc.property(world, fc.integer({ min: 0, max: 6_000 }), (given, later) => {
        const warned = judge({ ...given, records: [] }).filter(({ action }) => action === 'warn');
        const now = new Date(NOW.getTime() + later * 1000);
        const takenAt = new Date(Date.parse(given.snapshot.takenAt) + later * 1000).toISOString();
        const backends = given.snapshot.backends.map((one) => ({ ...one, idleSeconds: one.idleSeconds + later }));
        const records = warned.map(({ backend: one }) => warnedRecord(one, 0));
        const short = { ...given.slots, limit: 1 };
        const then = { ...given, snapshot: { ...given.snapshot, takenAt, backends }, records, slots: short, now };
        const announced = new Map(warned.map(({ backend: one, endsAt }) => [one.identity.pid, endsAt]));
        for (const pid of endsOf(then)) {
          if (announced.has(pid)) {
            expect(Date.parse(announced.get(pid) ?? 'never')).toBeLessThanOrEqual(now.getTime());
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('with enough slots free', () => {
  it('everything is as without pressure, but for the end that rules with whenFreeSlotsBelow announce', () => {
    check((given) => {
      const slots = { limit: 1_000, reserved: 0, keepFree: given.slots.keepFree };
      const always = { ...given, slots, pressure: { ...given.pressure, terminate: 'always' as const } };
      const without = judge({ ...always, rules: given.rules.map(unpressed) });
      const brief = ({ action, code, rule: name }: (typeof without)[number]) => ({ action, code, name });
      expect(judge(always).map(brief)).toEqual(without.map(brief));
      expect(judge({ ...always, rules: given.rules.map(unpressed), slots: { ...slots, limit: 1 } })).toEqual(without);
    });
  });

  it('a target that ends below keepFree ends nobody', () => {
    check((given) => {
      const slots = { limit: 1_000, reserved: 0, keepFree: given.slots.keepFree };
      expect(endsOf({ ...given, slots, pressure: { terminate: 'below-keep-free', steps: 1 } })).toEqual([]);
    });
  });
});
