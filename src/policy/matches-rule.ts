import type { Backend } from '../backends/backend.ts';
import { isLiteral, matchesGlob } from './matches-glob.ts';
import { type PoolStanding, poolMatchOf } from './pool-standing.ts';
import type { Rule, RuleMatch } from './rule.ts';

/**
 * Whether every member that a match gives fits the backend; an empty match fits all.
 *
 * @param standing what the session pool says of the backend; null: it is none of the pool's
 */
export function matchesRule(match: RuleMatch, backend: Backend, standing: PoolStanding | null): boolean {
  return (
    fitsOne(match.user, backend.identity.user) &&
    fitsOne(match.database, backend.database) &&
    fitsOne(match.application, backend.application) &&
    fitsOne(match.clientHost, backend.clientHost) &&
    (match.activity === undefined || match.activity.some((activity) => activity === backend.activity)) &&
    (match.pool === undefined || match.pool.some((wanted) => wanted === poolMatchOf(standing)))
  );
}

/** Whether a rule names this very user, without a wildcard: the only way to mean a superuser. */
export function namesUser(rule: Rule, user: string): boolean {
  return (rule.match.user ?? []).some((pattern) => isLiteral(pattern) && matchesGlob(pattern, user));
}

function fitsOne(patterns: readonly string[] | undefined, text: string): boolean {
  return patterns === undefined || patterns.some((pattern) => matchesGlob(pattern, text));
}
