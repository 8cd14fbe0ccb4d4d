import * as z from 'zod';
import { IDLE_ACTIVITIES } from '../backends/activity.ts';
import { POOL_MATCHES } from '../policy/pool-standing.ts';
import type { Rule } from '../policy/rule.ts';
import { DEFAULT_GRACE_SECONDS } from './default-grace.ts';
import { FEW_STARS } from './few-stars.ts';
import { duration, mapping, oneOrMore, pattern, text } from './fields.ts';
import { hostPattern } from './host-pattern.ts';
import { findPressedConflicts } from './pressed-conflicts.ts';

const globs = () =>
  oneOrMore(
    pattern(FEW_STARS, 'a name or a pattern with * (at most five of them) and ?, or a list of them'),
    'a pattern or a list of patterns',
  ).exactOptional();

const expectedActivity = `one of ${IDLE_ACTIVITIES.join(', ')}, or a list of them`;

const expectedPool = `one of ${POOL_MATCHES.join(', ')}, or a list of them`;

const match = mapping({
  user: globs(),
  database: globs(),
  application: globs(),
  clientHost: oneOrMore(hostPattern, 'an address, a pattern or a range, or a list of them').exactOptional(),
  activity: oneOrMore(z.enum(IDLE_ACTIVITIES, expectedActivity), expectedActivity).exactOptional(),
  pool: oneOrMore(z.enum(POOL_MATCHES, expectedPool), expectedPool).exactOptional(),
});

const ruleShape = mapping({
  name: pattern(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'a name of 1 to 64 letters, digits, dots, underscores and hyphens'),
  match: match.optional(),
  keep: z.boolean('true or false').optional(),
  warnAfter: duration('0s', '30d').optional(),
  terminateAfter: duration('0s', '30d').optional(),
  grace: duration('0s', '30d').optional(),
  notice: z.enum(['owner', 'none'], 'owner or none').optional(),
  owner: text('who is told, such as team@example.com').optional(),
  whenFreeSlotsBelow: mapping({
    warnAfter: duration('0s', '30d').exactOptional(),
    terminateAfter: duration('0s', '30d').exactOptional(),
    grace: duration('0s', '30d').exactOptional(),
  }).exactOptional(),
});

type RuleShape = z.infer<typeof ruleShape>;

/** A key of a rule that does not go together with the others. */
interface Conflict {
  readonly key: keyof RuleShape;
  /** A key inside of it. */
  readonly inner?: string;
  readonly expected: string;
}

/** One rule of a policy, with what its keys must be to each other. */
export const ruleSchema = ruleShape
  .superRefine((rule, context) => {
    // A key that is misspelt would be missed here as well, and told twice.
    const conflicts = context.issues.length > 0 ? [] : [...findConflicts(rule)];
    for (const { key, inner, expected } of conflicts) {
      const path = key === 'name' ? [] : inner === undefined ? [key] : [key, inner];
      context.addIssue({ code: 'custom', path, message: expected });
    }
  })
  .transform(
    (rule): Rule => ({
      name: rule.name,
      match: rule.match ?? {},
      keep: rule.keep ?? false,
      warnAfter: rule.warnAfter ?? null,
      terminateAfter: rule.terminateAfter ?? null,
      grace: rule.grace ?? DEFAULT_GRACE_SECONDS,
      notice: rule.notice ?? 'owner',
      owner: rule.owner ?? null,
      ...(rule.whenFreeSlotsBelow === undefined ? {} : { whenFreeSlotsBelow: rule.whenFreeSlotsBelow }),
    }),
  );

function* findConflicts(rule: RuleShape): Generator<Conflict> {
  if (rule.keep === true) {
    for (const key of ['warnAfter', 'terminateAfter', 'grace', 'notice', 'owner', 'whenFreeSlotsBelow'] as const) {
      if (rule[key] !== undefined) {
        yield { key, expected: `no ${key} beside keep: true, which leaves its backends alone` };
      }
    }
    return;
  }
  const pressed = rule.whenFreeSlotsBelow;
  if (!hasThreshold(rule) && (pressed === undefined || !hasThreshold(pressed))) {
    yield { key: 'name', expected: 'a rule with keep: true, warnAfter or terminateAfter; this one would do nothing' };
    return;
  }
  if (rule.warnAfter !== undefined && rule.terminateAfter !== undefined && rule.warnAfter > rule.terminateAfter) {
    yield { key: 'warnAfter', expected: 'a warnAfter that is not longer than terminateAfter' };
  }
  if (rule.notice === 'none') {
    yield* findUnannouncedConflicts(rule, pressed?.terminateAfter !== undefined);
  } else if (rule.grace !== undefined && rule.terminateAfter === undefined && pressed?.terminateAfter === undefined) {
    yield { key: 'grace', expected: 'no grace without terminateAfter: a rule that only warns ends nothing' };
  }
  if (pressed !== undefined) {
    yield* findPressedConflicts(rule, pressed);
  }
}

function hasThreshold(thresholds: { warnAfter?: number | undefined; terminateAfter?: number | undefined }): boolean {
  return thresholds.warnAfter !== undefined || thresholds.terminateAfter !== undefined;
}

/** `notice: none` ends without a warning, so whatever is about warnings contradicts it. */
function* findUnannouncedConflicts(rule: RuleShape, endsUnderPressure: boolean): Generator<Conflict> {
  if (rule.terminateAfter === undefined && !endsUnderPressure) {
    yield { key: 'notice', expected: 'notice: owner, or a terminateAfter: nobody is told and nothing ended otherwise' };
  }
  for (const key of ['warnAfter', 'grace', 'owner'] as const) {
    if (rule[key] !== undefined) {
      yield { key, expected: `no ${key} beside notice: none, by which nobody is told` };
    }
  }
}
