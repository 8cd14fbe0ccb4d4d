import type { Backend } from '../backends/backend.ts';
import { userOf } from '../backends/user-of.ts';
import { isLiteral, matchesGlob } from './matches-glob.ts';
import { matchesHost } from './matches-host.ts';
import { matchesUser } from './matches-user.ts';
import { type PoolStanding, poolMatchOf } from './pool-standing.ts';
import type { Rule, RuleMatch } from './rule.ts';
import type { Reason } from './verdict.ts';

/** What a rule's match looks at. */
export type Matchable = Pick<
  Backend,
  'identity' | 'wholeUser' | 'database' | 'application' | 'clientHost' | 'activity'
>;

/**
 * Whether every member that a match gives fits the backend; an empty match fits all.
 *
 * @param standing what the session pool says of the backend; null: it is none of the pool's
 */
export function matchesRule(match: RuleMatch, backend: Matchable, standing: PoolStanding | null): boolean {
  return matchClauses(match, backend, standing).every(({ held }) => held);
}

/** The members that a match gives, each with what the backend has there and whether that fits. */
export function matchClauses(match: RuleMatch, backend: Matchable, standing: PoolStanding | null): readonly Reason[] {
  return [
    ...pattern('user', match.user, userOf(backend), matchesUser),
    ...pattern('database', match.database, backend.database),
    ...pattern('application', match.application, backend.application),
    ...pattern('clientHost', match.clientHost, backend.clientHost, matchesHost),
    ...oneOf('activity', match.activity, backend.activity),
    ...oneOf('pool', match.pool, poolMatchOf(standing)),
  ];
}

/** Whether a rule names this very user, without a wildcard: the only way to mean a superuser. */
export function namesUser(rule: Rule, user: string): boolean {
  return (rule.match.user ?? []).some((glob) => isLiteral(glob) && matchesUser(glob, user));
}

/** Whether a rule names this very application, without a wildcard: the only way to mean one that waits on purpose. */
export function namesApplication(rule: Rule, application: string): boolean {
  return (rule.match.application ?? []).some((glob) => isLiteral(glob) && matchesGlob(glob, application));
}

function pattern(
  member: keyof RuleMatch,
  globs: readonly string[] | undefined,
  measured: string,
  matches = matchesGlob,
): readonly Reason[] {
  return globs === undefined
    ? []
    : [
        fits(
          member,
          globs,
          measured,
          globs.some((glob) => matches(glob, measured)),
        ),
      ];
}

function oneOf(
  member: keyof RuleMatch,
  wanted: readonly string[] | undefined,
  measured: string | null,
): readonly Reason[] {
  return wanted === undefined
    ? []
    : [
        fits(
          member,
          wanted,
          measured,
          wanted.some((each) => each === measured),
        ),
      ];
}

function fits(member: keyof RuleMatch, wanted: readonly string[], measured: string | null, held: boolean): Reason {
  return { clause: `match.${member}`, measured, limit: wanted.join(' | '), held };
}
