import type { IdleActivity } from '../../backends/activity.ts';
import { formatDuration } from '../../notices/format-duration.ts';
import { coveringMatches } from '../../policy/covers-match.ts';
import type { Rule } from '../../policy/rule.ts';
import type { Finding } from './finding.ts';

const HOUR = 3_600;

/** Longest SESSION TIMEOUT of a user: 1,728,000 seconds, 20 days (AWS page r_ALTER_USER). */
const LONGEST_IDLE_SECONDS = 1_728_000;
/** A provisioned cluster ends what is idle for that long, unless its user has a SESSION TIMEOUT (AWS page amazon-redshift-limits). */
const IDLE_TIMEOUT_SECONDS = 4 * HOUR;
/** It ends a transaction that is idle for that long, whatever the user's timeout (the same page). */
const IDLE_TRANSACTION_SECONDS = 6 * HOUR;

/** Looks at one policy: rules that are never asked, and ends that come after every session's own. */
export function reviewRules(policy: string, rules: readonly Rule[], activities: readonly IdleActivity[]): Finding[] {
  return rules.flatMap((rule, index) => {
    const path = ['policies', policy, index];
    return [...findCover(rules.slice(0, index), rule, activities, path), ...findLateEnd(rule, path)];
  });
}

function findCover(
  before: readonly Rule[],
  rule: Rule,
  activities: readonly IdleActivity[],
  path: readonly PropertyKey[],
): Finding[] {
  const covering = coveringMatches(
    before.map(({ match }) => match),
    rule.match,
    activities,
  );
  if (covering === null) {
    return [];
  }
  const names = covering.map((at) => `'${before[at]?.name}'`);
  const isOne = names.length === 1;
  return [
    {
      severity: 'error',
      code: 'rule-never-reached',
      path: [...path, 'name'],
      expected: `a rule that some session can reach, but whatever it matches is matched by ${names.join(' or ')} before it`,
      advice: `Put it before ${isOne ? names.join() : 'them'}, narrow the match of ${isOne ? 'that rule' : 'one of them'}, or leave it out: the first rule that matches decides.`,
    },
  ];
}

function findLateEnd(rule: Rule, path: readonly PropertyKey[]): Finding[] {
  const { key, seconds } = latestMoment(rule);
  if (seconds > LONGEST_IDLE_SECONDS) {
    return [
      {
        severity: 'error',
        code: 'longer-than-possible',
        path: [...path, key],
        expected: `times that add up to at most ${formatDuration(LONGEST_IDLE_SECONDS)} of idleness, here they are ${formatDuration(seconds)}`,
        advice: `Shorten ${key}: no SESSION TIMEOUT of Redshift is longer, so that the server ends each session before.`,
      },
    ];
  }
  const inTransaction = rule.match.activity?.every((activity) => activity !== 'idle') ?? false;
  const timeout = inTransaction ? IDLE_TRANSACTION_SECONDS : IDLE_TIMEOUT_SECONDS;
  if (seconds <= timeout) {
    return [];
  }
  const what = inTransaction ? 'an idle transaction' : 'an idle session';
  return [
    {
      severity: 'warning',
      code: 'server-comes-first',
      path: [...path, key],
      expected: `times that add up to at most the ${formatDuration(timeout)} after which Redshift itself ends ${what}, here they are ${formatDuration(seconds)}`,
      advice: inTransaction
        ? `Shorten ${key}.`
        : `Shorten ${key}, or see that the users have a longer SESSION TIMEOUT (ALTER USER … SESSION TIMEOUT).`,
    },
  ];
}

/** The idle time at which the rule has done all it can, and the key that puts it off most. */
function latestMoment(rule: Rule): { key: 'warnAfter' | 'terminateAfter' | 'grace'; seconds: number } {
  const { warnAfter, terminateAfter, grace, notice } = rule;
  if (terminateAfter === null) {
    return { key: 'warnAfter', seconds: warnAfter ?? 0 };
  }
  const warned = warnAfter ?? terminateAfter;
  if (notice === 'none' || warned + grace <= terminateAfter) {
    return { key: 'terminateAfter', seconds: terminateAfter };
  }
  return {
    key: grace >= warned ? 'grace' : warnAfter === null ? 'terminateAfter' : 'warnAfter',
    seconds: warned + grace,
  };
}
