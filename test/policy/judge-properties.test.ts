import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { isLiteral, matchesGlob } from '../../src/policy/matches-glob.ts';
import { matchesRule } from '../../src/policy/matches-rule.ts';
import { judgeInputs } from './judge-inputs.ts';
import { NOW, snapshotOf } from './policy-examples.ts';

function check(property: (input: JudgeInput) => void): void {
  fc.assert(fc.property(judgeInputs, property), { numRuns: 500 });
}

function terminationsOf(given: JudgeInput): number[] {
  return judge(given)
    .filter((verdict) => verdict.action === 'terminate')
    .map((verdict) => verdict.backend.identity.pid);
}

describe('every judgement', () => {
  it('lets the first rule that matches decide', () => {
    check((given) => {
      for (const verdict of judge(given)) {
        const first = given.rules.find(({ match }) => matchesRule(match, verdict.backend, verdict.standing));
        if (verdict.rule !== null) {
          expect(verdict.rule).toBe(first?.name);
        } else if (verdict.code === 'no-rule') {
          expect(first).toBeUndefined();
        }
      }
    });
  });

  it('ends nobody without a receipt of this idle spell that is as old as the grace, unless the rule says notice: none', () => {
    check((given) => {
      for (const verdict of judge(given).filter(({ action }) => action === 'terminate')) {
        const decided = given.rules.find(({ name }) => name === verdict.rule);
        expect(verdict.backend.idleSeconds).toBeGreaterThanOrEqual(decided?.terminateAfter ?? Number.POSITIVE_INFINITY);
        if (decided?.notice === 'none') {
          continue;
        }
        const record = given.records.find(({ identity }) => identity.pid === verdict.backend.identity.pid);
        const told = Date.parse(record?.receipt?.at ?? '');
        expect(NOW.getTime() - told).toBeGreaterThanOrEqual((decided?.grace ?? Number.POSITIVE_INFINITY) * 1000);
        expect(record?.lastActiveAt).toBe(verdict.backend.lastActiveAt);
      }
    });
  });

  it('keeps its own, the leased, the running, the platform, the unknown, and superusers that no rule names', () => {
    check((given) => {
      for (const { backend: one, action, rule: name, standing: pool } of judge(given)) {
        const isLeased = pool?.kind === 'leased' || pool?.kind === 'unclear';
        const isProtected =
          one.own || one.system || isLeased || one.activity === 'running' || one.activity === 'unknown';
        if (isProtected) {
          expect(action).toBe('keep');
        } else if (one.superuser && action !== 'keep') {
          const patterns = given.rules.find((candidate) => candidate.name === name)?.match.user ?? [];
          expect(patterns.some((each) => isLiteral(each) && matchesGlob(each, one.identity.user))).toBe(true);
        }
      }
    });
  });

  it('never ends more when a threshold is raised', () => {
    const raise = fc.record({
      key: fc.constantFrom('warnAfter' as const, 'terminateAfter' as const, 'grace' as const),
      by: fc.integer({ min: 1, max: 4_000 }),
    });
    fc.assert(
      fc.property(judgeInputs, raise, (given, { key, by }) => {
        const raised = given.rules.map((one) => {
          const limit = one[key];
          return limit === null ? one : { ...one, [key]: limit + by };
        });
        const then = terminationsOf(given);
        for (const pid of terminationsOf({ ...given, rules: raised })) {
          expect(then).toContain(pid);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('comes to the same plan whatever the order of rows and records, and its counts add up', () => {
    fc.assert(
      fc.property(judgeInputs, fc.infiniteStream(fc.nat()), (given, numbers) => {
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, at: numbers.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const plan = makePlan(given.snapshot, judge(given));
        const snapshot = snapshotOf(shuffle(given.snapshot.backends));
        const shuffled = makePlan(snapshot, judge({ ...given, snapshot, records: shuffle(given.records) }));

        expect(shuffled).toEqual(plan);
        const { backends, keep, warn, terminate } = plan.counts;
        expect(keep + warn + terminate).toBe(backends);
        expect(backends).toBe(given.snapshot.backends.length);
        expect(plan.members).toHaveLength(warn + terminate);
        expect(Object.values(plan.kept).reduce((sum, count) => sum + count, 0)).toBe(keep);
      }),
    );
  });
});
