import fc from 'fast-check';
import type { TargetConfig } from '../../src/config/slotkeeper-config.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { createReaperWorld, type ReaperWorld } from './reaper-world.ts';

/** A policy and the pressure under which its target works. */
export interface GeneratedPolicy {
  readonly rules: readonly Rule[];
  readonly keepFree: number;
  readonly pressure: TargetConfig['pressure'];
}

/** Policies of up to three rules, for a target with five slots. */
export const policies: fc.Arbitrary<GeneratedPolicy> = fc.record({
  rules: fc
    .array(
      fc.record({
        match: fc.constantFrom<Rule['match']>(
          {},
          { user: ['bi_*'] },
          { user: ['scratch_1', 'etl'] },
          { activity: ['idle'] },
        ),
        keep: fc.constantFrom(false, false, false, true),
        warnAfter: fc.constantFrom(null, 0, 900, 1800),
        terminateAfter: fc.constantFrom(null, 1800, 3600),
        grace: fc.constantFrom(0, 60, 900),
        notice: fc.constantFrom('owner' as const, 'owner' as const, 'none' as const),
        owner: fc.constantFrom(null, 'someone@example.com'),
      }),
      { minLength: 1, maxLength: 3 },
    )
    .map((rules) => rules.map((rule, index): Rule => ({ ...rule, name: `rule-${index}` }))),
  keepFree: fc.constantFrom(0, 2, 4),
  pressure: fc.record({
    terminate: fc.constantFrom('always' as const, 'below-keep-free' as const),
    steps: fc.constantFrom(1, 3),
  }),
});

/** A world whose target has the policy. */
export function worldOf(
  { rules, keepFree, pressure }: GeneratedPolicy,
  caps?: TargetConfig['caps'],
  engine: 'redshift' | 'postgres' = 'redshift',
): ReaperWorld {
  return createReaperWorld({
    rules,
    engine,
    ...(caps === undefined ? {} : { caps }),
    target: { slots: { limit: 5, keepFree, reserved: 0 }, pressure },
  });
}
