import fc from 'fast-check';
import type { Backend } from '../../src/backends/backend.ts';
import { PURPOSES } from '../../src/backends/purpose.ts';
import { backendKey } from '../../src/lifecycle/backend-key.ts';
import type { BackendRecord } from '../../src/lifecycle/backend-record.ts';
import type { JudgeInput } from '../../src/policy/judge.ts';
import type { PoolStanding } from '../../src/policy/pool-standing.ts';
import type { Rule } from '../../src/policy/rule.ts';
import { exampleRule, idleBackend, judgeInput, secondsBefore, TAKEN_AT, warnedRecord } from './policy-examples.ts';

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
      'idle-in-transaction-aborted' as const,
      'running' as const,
      'unknown' as const,
    ),
    own: fc.constantFrom(false, false, false, true),
    system: fc.constantFrom(false, false, false, true),
    superuser: fc.constantFrom(false, false, true),
    application: fc.constantFrom('', 'Tableau', 'psql'),
    told: fc.record(
      {
        blocks: fc.integer({ min: 0, max: 3 }),
        purpose: fc.constantFrom(...PURPOSES),
        mayEnd: fc.boolean(),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ idleSeconds, user: name, told, ...rest }) =>
    idleBackend(idleSeconds, { ...rest, ...told, identity: { ...idleBackend(0).identity, user: name } }),
  );

const rule: fc.Arbitrary<Rule> = fc
  .record({
    pool: fc.option(fc.subarray(['idle' as const, 'orphan' as const], { minLength: 1 }), { freq: 3 }),
    users: fc.option(
      fc.array(fc.constantFrom('*', 'bi_*', 'etl', 'AWSUSER', 'IAM:*', 'nobody'), { minLength: 1, maxLength: 2 }),
    ),
    activity: fc.option(fc.constantFrom('idle' as const, 'idle-in-transaction' as const)),
    application: fc.option(fc.constantFrom('psql', 'T*'), { freq: 3 }),
    keep: fc.constantFrom(false, false, false, true),
    warnAfter: fc.option(seconds),
    terminateAfter: fc.option(seconds),
    grace: seconds,
    notice: fc.constantFrom('owner' as const, 'owner' as const, 'none' as const),
  })
  .map(({ users, activity, application, pool, ...thresholds }) =>
    exampleRule({
      match: {
        ...(users === null ? {} : { user: users }),
        ...(activity === null ? {} : { activity: [activity] }),
        ...(application === null ? {} : { application: [application] }),
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

/** Any backends, what the table may know of them, and any rules. */
export const judgeInputs: fc.Arbitrary<JudgeInput> = fc
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
