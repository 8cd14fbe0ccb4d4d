import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IDLE_ACTIVITIES } from '../../src/backends/activity.ts';
import { coversGlob } from '../../src/policy/covers-glob.ts';
import { coveringMatches, coversMatch } from '../../src/policy/covers-match.ts';
import { matchesGlob } from '../../src/policy/matches-glob.ts';
import { matchesRule } from '../../src/policy/matches-rule.ts';
import type { RuleMatch } from '../../src/policy/rule.ts';
import { idleBackend } from './policy-examples.ts';

const pattern = fc.string({ unit: fc.constantFrom('a', 'B', '*', '?', '_'), maxLength: 6 });
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '_', 'é', '*', '?'), maxLength: 7 });

/** A name that fits a pattern, by filling in its wildcards. */
const fitting = (of: string) =>
  fc
    .tuple(
      ...of
        .split('')
        .map((sign) => (sign === '*' ? name : sign === '?' ? fc.constantFrom('a', 'b', '?') : fc.constant(sign))),
    )
    .map((parts) => parts.join(''));

describe('coversGlob', () => {
  it.each([
    ['*', ''],
    ['*', 'anything'],
    ['bi_*', 'BI_T?bleau*'],
    ['bi_*', 'bi_'],
    ['*a*', 'x*a?'],
    ['?*', '*?'],
    ['??*', '?*?*'],
    ['IAM:*/bob', 'IAM:team/bob'],
    ['a?c', 'aBc'.toLowerCase()],
  ])('finds that %j covers %j', (wide, narrow) => {
    expect(coversGlob(wide, narrow)).toBe(true);
  });

  it.each([
    ['', 'a'],
    ['bi_*', 'bi*'],
    ['bi_?', 'bi_*'],
    ['?', '*'],
    ['a*b', 'a*'],
    ['*a', 'a*'],
    ['ab', 'a?'],
    ['ana', 'anna'],
  ])('does not say that %j covers %j', (wide, narrow) => {
    expect(coversGlob(wide, narrow)).toBe(false);
  });

  it('never claims cover that is not: whatever fits the narrower pattern fits the wider one', () => {
    const covered = fc.tuple(pattern, pattern).filter(([wide, narrow]) => coversGlob(wide, narrow));
    fc.assert(
      fc.property(
        covered.chain(([wide, narrow]) => fc.tuple(fc.constant(wide), fc.constant(narrow), fitting(narrow))),
        ([wide, narrow, fits]) => {
          expect(matchesGlob(narrow, fits)).toBe(true);
          expect(matchesGlob(wide, fits)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('finds the cover of a name by every pattern that fits it', () => {
    const literal = fc.string({ unit: fc.constantFrom('a', 'b', '_'), maxLength: 6 });
    fc.assert(
      fc.property(pattern, literal, (wide, text) => {
        expect(coversGlob(wide, text)).toBe(matchesGlob(wide, text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('coversMatch', () => {
  it('is given when the earlier rule asks for nothing, or for no more than the later one', () => {
    expect(coversMatch({}, { user: ['ana'] })).toBe(true);
    expect(coversMatch({ user: ['bi_*', 'ana'] }, { user: ['ana', 'bi_x'], database: ['dev'] })).toBe(true);
    expect(coversMatch({ activity: ['idle', 'idle-in-transaction'] }, { activity: ['idle'] })).toBe(true);
    expect(
      coversMatch(
        {
          activity: ['idle', 'idle-in-transaction', 'idle-in-transaction-holding-locks', 'idle-in-transaction-aborted'],
        },
        {},
      ),
    ).toBe(true);
    expect(coversMatch({ application: ['*'] }, { user: ['ana'] })).toBe(true);
  });

  it('is not given when the earlier rule asks for something that the later one leaves open', () => {
    expect(coversMatch({ user: ['bi_*'] }, {})).toBe(false);
    expect(coversMatch({ user: ['bi_*'] }, { user: ['bi_x', 'ana'] })).toBe(false);
    expect(coversMatch({ activity: ['idle'] }, {})).toBe(false);
    expect(coversMatch({ pool: ['idle', 'orphan'] }, {})).toBe(false);
    expect(coversMatch({ clientHost: ['10.0.0.7'] }, { clientHost: ['10.0.0.?'] })).toBe(false);
  });
});

const ACTIVITIES = IDLE_ACTIVITIES;
const match: fc.Arbitrary<RuleMatch> = fc.record(
  {
    user: fc.uniqueArray(fc.constantFrom('*', 'a*', 'a', 'b'), { minLength: 1, maxLength: 2 }),
    application: fc.constantFrom(['psql'], ['p*'], ['*']),
    activity: fc.subarray([...ACTIVITIES], { minLength: 1 }),
    pool: fc.subarray(['idle' as const, 'orphan' as const], { minLength: 1 }),
  },
  { requiredKeys: [] },
);
const anyone = fc.record({
  user: fc.constantFrom('a', 'ab', 'b', 'c'),
  application: fc.constantFrom('', 'psql', 'p', 'x'),
  activity: fc.constantFrom(...ACTIVITIES),
  standing: fc.constantFrom(null, { kind: 'orphan' as const }),
});

describe('coveringMatches', () => {
  it('finds cover by several matches, each for its part, and names those that are needed', () => {
    const byActivity = ACTIVITIES.map((activity): RuleMatch => ({ activity: [activity] }));
    expect(coveringMatches(byActivity, {})).toEqual([0, 1, 2, 3]);
    expect(coveringMatches(byActivity.slice(0, 3), {}, ACTIVITIES.slice(0, 3))).toEqual([0, 1, 2]);
    expect(coveringMatches(byActivity.slice(0, 3), { activity: [ACTIVITIES[3]] }, ACTIVITIES.slice(0, 3))).toBeNull();
    expect(coveringMatches(byActivity, { user: ['ana'], activity: ['idle-in-transaction'] })).toEqual([1]);
    expect(coveringMatches(byActivity.slice(1), {})).toBeNull();
    expect(coveringMatches([{ user: ['a*'] }, { user: ['nobody'] }, { user: ['b'] }], { user: ['ab', 'b'] })).toEqual([
      0, 2,
    ]);
    expect(coveringMatches([{ pool: ['idle'] }, { pool: ['orphan'] }], {})).toBeNull();
  });

  it('never claims cover that is not: whoever fits the later match fits one of those named', () => {
    let several = 0;
    fc.assert(
      fc.property(
        fc.array(match, { minLength: 1, maxLength: 5 }),
        match,
        fc.array(anyone, { minLength: 20, maxLength: 20 }),
        (earlier, later, people) => {
          const covering = coveringMatches(earlier, later);
          several += covering !== null && covering.length > 1 ? 1 : 0;
          for (const { user, standing, ...rest } of covering === null ? [] : people) {
            const one = idleBackend(0, { ...rest, identity: { ...idleBackend(0).identity, user } });
            if (matchesRule(later, one, standing)) {
              expect(covering?.some((at) => matchesRule(earlier[at] ?? { user: [] }, one, standing))).toBe(true);
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(several).toBeGreaterThan(10);
  });
});
