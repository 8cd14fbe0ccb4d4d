import type { z } from 'zod';
import { formatDuration } from '../../notices/format-duration.ts';
import type { Rule } from '../../policy/rule.ts';
import type { fileSchema } from '../file-schema.ts';
import type { Finding } from './finding.ts';
import { reviewThrash } from './review-thrash.ts';
import { reviewWorkgroup } from './review-workgroup.ts';
import { RUN_TIMEOUT_SECONDS, STATEMENTS_OF_A_RUN } from './run-limits.ts';
import { shortestInterval } from './shortest-interval.ts';

type File = z.infer<typeof fileSchema>;
type Target = File['targets'][string];

/** Shares such as 7% are no exact binary numbers. */
const ROUNDING = 1e-9;

/** Looks at one target: caps without effect or beyond reach, its schedule, and its pool beside its rules. */
export function reviewTarget(name: string, target: Target, { policies, runs }: File): Finding[] {
  const rules = policies[target.policy] ?? [];
  const path = ['targets', name];
  return [
    ...reviewCaps(target, rules, path),
    ...reviewPressure(target, rules, path),
    ...reviewSchedule(target, runs, path),
    ...reviewKeptSession(target, runs, path),
    ...reviewThrash(target.thrash, target.schedule, path),
    ...(target.engine === 'redshift-serverless' ? reviewWorkgroup(target.schedule, path) : []),
    ...(target.engine === 'postgres' || target.pool === undefined
      ? []
      : reviewPool(target.pool.keepAlive, target.policy, rules)),
  ];
}

function* reviewCaps(
  { caps, slots }: Target,
  rules: readonly Rule[],
  path: readonly PropertyKey[],
): Generator<Finding> {
  const { maxTerminations, maxShare } = caps;
  const mayEnd = rules.some(
    ({ terminateAfter, whenFreeSlotsBelow }) =>
      terminateAfter !== null || whenFreeSlotsBelow?.terminateAfter !== undefined,
  );
  const ofFull = Math.floor(maxShare * slots.limit + ROUNDING);
  if (maxTerminations >= slots.limit) {
    yield {
      severity: 'warning',
      code: 'cap-never-reached',
      path: [...path, 'caps', 'maxTerminations'],
      expected: `fewer than the ${slots.limit} sessions that there can be`,
      advice: 'Lower it to what one run may end at most without somebody having looked.',
    };
  }
  if (maxShare === 1) {
    yield {
      severity: 'warning',
      code: 'cap-never-reached',
      path: [...path, 'caps', 'maxShare'],
      expected: 'less than all sessions',
      advice: 'Lower it, so that a rule that is too wide by mistake cannot end everybody.',
    };
  }
  const [key, most] =
    maxTerminations <= ofFull ? (['maxTerminations', maxTerminations] as const) : (['maxShare', ofFull] as const);
  if (mayEnd && most === 0) {
    yield {
      severity: 'warning',
      code: 'cap-always-refuses',
      path: [...path, 'caps', key],
      expected: `a cap that allows at least one termination; with all ${slots.limit} slots taken this allows none`,
      advice:
        'Raise it, or leave terminateAfter out of the rules if they are to warn only: each run with something to end is refused.',
    };
  }
}

/** Slots can be short only where some are to stay free; and no more sessions can be seen than there are slots for. */
function* reviewPressure(
  { slots, pressure, sanity }: Target,
  rules: readonly Rule[],
  path: readonly PropertyKey[],
): Generator<Finding> {
  const isPressed = rules.some(({ whenFreeSlotsBelow }) => whenFreeSlotsBelow !== undefined);
  const isHeld = pressure.terminate === 'below-keep-free';
  if (slots.keepFree === 0 && (isPressed || isHeld)) {
    yield {
      severity: 'error',
      code: 'pressure-never-felt',
      path: [...path, 'slots', 'keepFree'],
      expected: `at least 1, because ${isHeld ? 'pressure.terminate: below-keep-free' : 'whenFreeSlotsBelow'} waits for fewer free slots than that`,
      advice: `Say how many slots are to stay free${isHeld ? ': until then nothing is ended' : ''}.`,
    };
  }
  if (sanity.minBackends > slots.limit) {
    yield {
      severity: 'warning',
      code: 'floor-always-refuses',
      path: [...path, 'sanity', 'minBackends'],
      expected: `at most the ${slots.limit} sessions that there can be`,
      advice: 'Lower it: a run that sees fewer sessions is refused.',
    };
  }
}

/** An execution that finds another one under way ends as skipped, which is safe but helps nobody. */
function reviewSchedule({ engine, schedule }: Target, runs: File['runs'], path: readonly PropertyKey[]): Finding[] {
  const interval = schedule === null ? null : shortestInterval(schedule);
  const polling = runs.pollWaits.reduce((sum, wait) => sum + wait, 0);
  const longest = Math.min(RUN_TIMEOUT_SECONDS, STATEMENTS_OF_A_RUN * polling + runs.settle.wait);
  // A PostgreSQL server answers with the call: there is nothing to wait for.
  return engine === 'postgres' || interval === null || interval >= longest
    ? []
    : [
        {
          severity: 'warning',
          code: 'schedule-too-fast',
          path: [...path, 'schedule'],
          expected: `at least ${formatDuration(longest)} between two runs: so long may a run wait for its statements (runs.pollWaits)`,
          advice: 'Run less often, or shorten runs.pollWaits: a run that finds another one under way is skipped.',
        },
      ];
}

/** Runs of a workgroup are billed, and it closes what idles for an hour unless its user has another SESSION TIMEOUT. */
const LIVE_LONGER = {
  redshift: 'Run more often, or lengthen runs.sessionKeepAlive',
  'redshift-serverless':
    "Lengthen runs.sessionKeepAlive, from an hour on the SESSION TIMEOUT of Slotkeeper's user as well, or run more often, which costs",
} as const;

/** The reaper gets in when no slot is left only while the session that it keeps is alive: from one run to the next. */
function reviewKeptSession({ engine, schedule }: Target, runs: File['runs'], path: readonly PropertyKey[]): Finding[] {
  const interval = schedule === null ? null : shortestInterval(schedule);
  return engine === 'postgres' || interval === null || interval < runs.sessionKeepAlive
    ? []
    : [
        {
          severity: 'warning',
          code: 'kept-session-dies',
          path: [...path, 'schedule'],
          expected: `less than ${formatDuration(runs.sessionKeepAlive)} between two runs: so long the reaper's own session lives idle (runs.sessionKeepAlive)`,
          advice: `${LIVE_LONGER[engine]}: without that session a run needs a slot of its own.`,
        },
      ];
}

/** The pool lets an idle session go by itself; a rule that comes before that takes away what tenants would reuse. */
function reviewPool(keepAlive: number, policy: string, rules: readonly Rule[]): Finding[] {
  const index = rules.findIndex(({ match }) => match.user === undefined && (match.pool?.includes('idle') ?? true));
  const rule = rules[index];
  const first = rule === undefined ? null : (rule.warnAfter ?? rule.terminateAfter);
  return first === null || first > keepAlive
    ? []
    : [
        {
          severity: 'warning',
          code: 'pool-in-the-way',
          path: ['policies', policy, index, rule?.warnAfter == null ? 'terminateAfter' : 'warnAfter'],
          expected: `longer than the pool keeps an idle session for its tenant (pool.keepAlive, ${formatDuration(keepAlive)})`,
          advice: 'Lengthen it, or shorten pool.keepAlive, or put a rule for the pool before it.',
        },
      ];
}
