import fc from 'fast-check';
import type { Backend } from '../../src/backends/backend.ts';
import type { JudgeInput } from '../../src/policy/judge.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { exampleRule, idleBackend, judgeInput, warnedRecord } from './policy-examples.ts';

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

/** Any backends and rules on a target that is short of slots, or nearly so. */
export const pressedInputs: fc.Arbitrary<JudgeInput> = fc
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
