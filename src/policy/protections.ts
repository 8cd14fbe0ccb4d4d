import type { Backend } from '../backends/backend.ts';
import { userOf } from '../backends/user-of.ts';
import { MAX_CLOCK_DIFFERENCE_SECONDS } from './clock-difference.ts';
import { namesApplication, namesUser } from './matches-rule.ts';
import { isEndable, type PoolStanding } from './pool-standing.ts';
import type { Rule } from './rule.ts';
import type { Reason } from './verdict.ts';

/** A clause that must hold before any rule is asked; where it does not, the backend is kept with this code. */
export interface Protection {
  readonly code: string;
  readonly reason: Reason;
}

/**
 * The protections of a backend in the order in which they are asked. The first whose clause does not hold decides.
 *
 * @param ahead seconds by which Slotkeeper's clock is ahead of the server's
 */
export function protectionsOf(backend: Backend, standing: PoolStanding | null, ahead: number): readonly Protection[] {
  return [
    { code: 'own', reason: fact('not the own session', !backend.own) },
    { code: 'system', reason: fact("not the platform's own session", !backend.system) },
    ...(standing === null
      ? []
      : [{ code: standing.kind === 'leased' ? 'leased' : 'pool-unclear', reason: notLeased(standing) }]),
    { code: 'running', reason: fact('not running', backend.activity !== 'running') },
    { code: 'unknown', reason: fact('activity is known', backend.activity !== 'unknown') },
    {
      code: 'unknown',
      reason: {
        clause: 'seconds between the clocks <= limit',
        measured: Math.round(ahead),
        limit: MAX_CLOCK_DIFFERENCE_SECONDS,
        held: Math.abs(ahead) <= MAX_CLOCK_DIFFERENCE_SECONDS,
      },
    },
  ];
}

/**
 * A superuser is kept unless the rule that decides names that very user.
 *
 * @param rule the first that matches; null: none does
 */
export function superuserClause(backend: Backend, rule: Rule | null): Reason {
  return {
    clause: 'not a superuser, or named by the rule without a wildcard',
    measured: rule === null ? 'no rule' : rule.name,
    limit: null,
    held: !backend.superuser || (rule !== null && namesUser(rule, userOf(backend))),
  };
}

/**
 * A backend that is idle for a purpose is kept unless the rule that decides names its very application: a rule about a
 * user or everybody does not mean it.
 *
 * @param rule the first that matches; null: none does
 */
export function purposeClause({ purpose, application }: Backend, rule: Rule | null): Reason {
  return {
    clause: PURPOSE_CLAUSE,
    measured: purpose ?? 'none',
    limit: null,
    held: purpose === undefined || (rule !== null && namesApplication(rule, application)),
  };
}

export const PURPOSE_CLAUSE = 'not idle on purpose, or its application named by the rule without a wildcard';

/** Nobody may be about to use it: the pool must be sure of that. */
export function notLeased(standing: PoolStanding): Reason {
  return { clause: 'not leased from the pool', measured: standing.kind, limit: 'leased', held: isEndable(standing) };
}

function fact(clause: string, held: boolean): Reason {
  return { clause, measured: held, limit: true, held };
}
