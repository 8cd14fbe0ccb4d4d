import { formatDuration } from '../../notices/format-duration.ts';
import type { Rule } from '../../policy/rule.ts';
import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { firstRuleOf } from '../first-rule-of.ts';
import { quoteIdentifier } from '../quote.ts';

/** Sessions of one user that the server ends by itself when they are idle for so long. */
export interface UserTimeout {
  readonly user: string;
  readonly sessions: number;
  /** The shortest of them. */
  readonly seconds: number;
}

export interface TimeoutFacts {
  readonly sessions: number;
  /** Of the sessions of now, by user, the shortest first. */
  readonly timed: readonly UserTimeout[];
}

export interface TimeoutContext {
  readonly rules: readonly Rule[];
  /** The platform's own idle limit, seconds: what ends sessions whatever their user's setting. */
  readonly platformIdleSeconds: number;
}

/**
 * What the server ends by itself, and whether that comes before Slotkeeper's warning. That is cheaper than ending
 * sessions from outside, and warns nobody.
 */
export function judgeRedshiftTimeouts(fact: Fact<TimeoutFacts>, { rules, platformIdleSeconds }: TimeoutContext): Check {
  const earliest = firstRuleOf(rules, ['idle']);
  return checkFact(
    {
      name: 'server-timeouts',
      question: 'What does the server end by itself, and does that come before a warning?',
      expected: 'SESSION TIMEOUT none, or longer than the rules wait, where owners are to be warned',
      source:
        'AWS pages r_ALTER_USER (developer guide), amazon-redshift-limits (management guide): idle and transaction timeouts',
    },
    fact,
    ({ sessions, timed }) => {
      const platform = `Redshift itself ends what is idle for ${formatDuration(platformIdleSeconds)}, and transactions idle for 6h`;
      const count = timed.reduce((sum, one) => sum + one.sessions, 0);
      const first = timed[0];
      const what =
        first === undefined
          ? `none of ${sessions} sessions has a SESSION TIMEOUT; ${platform}`
          : `${count} of ${sessions} sessions have a SESSION TIMEOUT, the shortest ${formatDuration(first.seconds)} (${first.user}); ${platform}`;
      const before = earliest === null ? [] : timed.filter(({ seconds }) => seconds <= earliest);
      const unreached = rules.filter(({ keep, warnAfter, terminateAfter }) => {
        const start = warnAfter ?? terminateAfter;
        return !keep && start !== null && start >= platformIdleSeconds;
      });
      const mend: Mend[] = [
        ...before.map(
          ({ user }): Mend => ({ kind: 'sql', line: `ALTER USER ${quoteIdentifier(user)} RESET SESSION TIMEOUT;` }),
        ),
        ...unreached.map(
          ({ name }): Mend => ({
            kind: 'yaml',
            line: `- { name: ${name}, warnAfter: ${formatDuration(Math.floor(platformIdleSeconds / 2)).replaceAll(' ', '')} }`,
          }),
        ),
      ];
      if (mend.length === 0) {
        return { verdict: 'ok', found: what };
      }
      const why = [
        ...(before.length === 0 || earliest === null
          ? []
          : [
              `the server ends sessions of ${before.map(({ user }) => user).join(', ')} before any rule warns (${formatDuration(earliest)})`,
            ]),
        ...(unreached.length === 0
          ? []
          : [`${unreached.map(({ name }) => `rule ${name}`).join(', ')} waits longer than Redshift itself does`]),
      ];
      return { verdict: 'warning', found: `${what}; ${why.join('; ')}`, mend };
    },
  );
}
