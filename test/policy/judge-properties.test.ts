import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { backendKey } from '../../src/lifecycle/backend-key.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import { type JudgeInput, judge } from '../../src/policy/judge.ts';
import { makePlan } from '../../src/policy/make-plan.ts';
import { isLiteral, matchesGlob } from '../../src/policy/matches-glob.ts';
import { matchesRule } from '../../src/policy/matches-rule.ts';
import type { PoolStanding } from '../../src/policy/pool-standing.ts';
import type { Rule } from '../../src/policy/rule.ts';
import {
  exampleRule,
  idleBackend,
  judgeInput,
  NOW,
  secondsBefore,
  snapshotOf,
  TAKEN_AT,
  warnedRecord,
} from './policy-examples.ts';

const seconds = fc.integer({ min: 0, max: 8_000 });
const user = fc.constantFrom('bi_a', 'bi_b', 'etl', 'awsuser', 'IAM:bob/x');

const backend: fc.Arbitrary<Backend> = fc
  .record({
    idleSeconds: seconds,
    user,
    activity: fc.constantFrom(
      'idle' as const,
      'idle' as const,
      'idle-in-transaction' as const,
      'idle-in-transaction-holding-locks' as const,
      'running' as const,
      'unknown' as const,
    ),
    own: fc.constantFrom(false, false, false, true),
    system: fc.constantFrom(false, false, false, true),
    superuser: fc.constantFrom(false, false, true),
    application: fc.constantFrom('', 'Tableau', 'psql'),
  })
  .map(({ idleSeconds, user: name, ...rest }) =>
    idleBackend(idleSeconds, { ...rest, identity: { ...idleBackend(0).identity, user: name } }),
  );

const rule: fc.Arbitrary<Rule> = fc
  .record({
    pool: fc.option(fc.subarray(['idle' as const, 'orphan' as const], { minLength: 1 }), { freq: 3 }),
    users: fc.option(
      fc.array(fc.constantFrom('*', 'bi_*', 'etl', 'AWSUSER', 'IAM:*', 'nobody'), { minLength: 1, maxLength: 2 }),
    ),
    activity: fc.option(fc.constantFrom('idle' as const, 'idle-in-transaction' as const)),
    keep: fc.constantFrom(false, false, false, true),
    warnAfter: fc.option(seconds),
    terminateAfter: fc.option(seconds),
    grace: seconds,
    notice: fc.constantFrom('owner' as const, 'owner' as const, 'none' as const),
  })
  .map(({ users, activity, pool, ...thresholds }) =>
    exampleRule({
      match: {
        ...(users === null ? {} : { user: users }),
        ...(activity === null ? {} : { activity: [activity] }),
        ...(pool === null ? {} : { pool }),
      },
      ...thresholds,
    }),
  );

/** What the table may say of a backend: nothing, a warning of this spell or of another, in any state. */
function recordOf(one: Backend): fc.Arbitrary<BackendRecord | null> {
  return fc.option(
    fc
      .record({
        age: seconds,
        hasReceipt: fc.constantFrom(true, true, true, false),
        state: fc.constantFrom(
          'warned' as const,
          'warned' as const,
          'recovered' as const,
          'snoozed' as const,
          'terminating' as const,
          'terminated' as const,
          'gone' as const,
        ),
        outcome: fc.constantFrom(
          'gone' as const,
          'already-gone' as const,
          'busy-again' as const,
          'denied' as const,
          'still-there' as const,
        ),
        spell: fc.constantFrom(0, 0, 0, 5, -5),
        snooze: fc.option(fc.integer({ min: -1_000, max: 1_000 })),
      })
      .map(({ age, hasReceipt, state, outcome, spell, snooze }) => {
        const record = warnedRecord(one, age);
        return {
          ...record,
          state,
          outcome: state === 'terminated' ? outcome : null,
          receipt: hasReceipt ? record.receipt : null,
          lastActiveAt: secondsBefore(one.idleSeconds + spell, new Date(TAKEN_AT)),
          endsAt: snooze === null ? null : secondsBefore(snooze),
        };
      }),
  );
}

const session = { tenant: 'a', database: 'dev', dbUser: 'bi_a', slot: 0, id: 's-1', fence: 1 };

/** What the pool may say of a backend; often, that it is none of its own. */
const standing: fc.Arbitrary<PoolStanding | null> = fc.constantFrom(
  null,
  null,
  null,
  { kind: 'leased' },
  { kind: 'unclear' },
  { kind: 'idle', session },
  { kind: 'draining', session },
  { kind: 'orphan' },
);

const input: fc.Arbitrary<JudgeInput> = fc
  .tuple(fc.array(backend, { maxLength: 12 }), fc.array(rule, { maxLength: 4 }))
  .chain(([found, rules]) => {
    const backends = found.map((one, index) => ({ ...one, identity: { ...one.identity, pid: 1_000 + index } }));
    const named = rules.map((one, index) => ({ ...one, name: `rule-${index}` }));
    return fc
      .tuple(fc.tuple(...backends.map(recordOf)), fc.tuple(...backends.map(() => standing)))
      .map(([records, found]) =>
        judgeInput(backends, {
          rules: named,
          records: records.filter((record) => record !== null),
          standings: new Map(
            found.flatMap((one, index) =>
              one === null || backends[index] === undefined
                ? []
                : [[backendKey(backends[index].identity), one] as const],
            ),
          ),
        }),
      );
  });

function check(property: (input: JudgeInput) => void): void {
  fc.assert(fc.property(input, property), { numRuns: 500 });
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
      fc.property(input, raise, (given, { key, by }) => {
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
      fc.property(input, fc.infiniteStream(fc.nat()), (given, numbers) => {
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
