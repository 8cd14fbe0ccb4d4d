import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countSlots } from '../../src/policy/count-slots.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { NOW, warnedRecord } from './policy-examples.ts';
import { pressedInputs } from './pressed-inputs.ts';

function check(property: (given: JudgeInput) => void): void {
  fc.assert(fc.property(pressedInputs, property), { numRuns: 1_000 });
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
      fc.property(pressedInputs, fc.integer({ min: 1, max: 3 }), (given, fewer) => {
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
      fc.property(pressedInputs, fc.integer({ min: 0, max: 6_000 }), (given, later) => {
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
