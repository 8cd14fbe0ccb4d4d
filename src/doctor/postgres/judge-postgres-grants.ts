import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteIdentifier } from '../quote.ts';
import type { PostgresSelf, PostgresSessions } from './postgres-facts.ts';

/** What is looked at together: the right, and whom it reaches. */
export interface PostgresGrants {
  readonly self: PostgresSelf;
  readonly sessions: readonly PostgresSessions[];
}

const sum = (sessions: readonly PostgresSessions[], member: 'sessions' | 'hidden' | 'superusers' | 'endable') =>
  sessions.reduce((total, one) => total + one[member], 0);

/** Whether the role sees what others' sessions do. To a role without the right they are there, and say nothing. */
export function judgePostgresSight(fact: Fact<PostgresGrants>): Check {
  return checkFact(
    {
      name: 'sees-everyone',
      question: 'Does the role see what the sessions of others do?',
      expected: 'a superuser, or the privileges of pg_read_all_stats (pg_monitor has them)',
      source: 'PostgreSQL manual, "Predefined Roles", pg_stat_activity',
    },
    fact,
    ({ self, sessions }) => {
      const { user, superuser, seesEveryone } = self;
      if (superuser || seesEveryone) {
        return {
          verdict: 'ok',
          found: `${user} ${superuser ? 'is a superuser' : 'has pg_read_all_stats'}: ${sum(sessions, 'sessions')} sessions of others`,
        };
      }
      return {
        verdict: 'problem',
        found: `${user} does not see what others do: of ${sum(sessions, 'sessions')} sessions, ${sum(sessions, 'hidden')} show their user and nothing else, so nothing is done`,
        mend: [{ kind: 'sql', line: `GRANT pg_monitor TO ${quoteIdentifier(user)};` }],
      };
    },
  );
}

/**
 * Whether the role may end the sessions of others, counted on those that are there: asking for one membership alone is
 * wrong both ways. Members of a session's role may end it without pg_signal_backend (pgadmin4#7217), and with it nobody
 * may end a superuser's.
 */
export function judgePostgresReach(fact: Fact<PostgresGrants>, policy: { readonly endsAnything: boolean }): Check {
  return checkFact(
    {
      name: 'may-end',
      question: 'May the role end the sessions of others?',
      expected: policy.endsAnything
        ? 'pg_signal_backend; sessions of superusers only by a superuser'
        : 'nothing: the policy ends no session',
      source: 'PostgreSQL manual, "Server Signaling Functions"; repository pgadmin-org/pgadmin4#7217',
    },
    fact,
    ({ self, sessions }) => {
      const { user, superuser, maySignal } = self;
      if (superuser) {
        return { verdict: 'ok', found: `${user} is a superuser: every session` };
      }
      const all = sum(sessions, 'sessions');
      const ofSuperusers = sum(sessions, 'superusers');
      const endable = sum(sessions, 'endable');
      const counted = `${endable} of ${all} sessions of others${ofSuperusers === 0 ? '' : `, ${ofSuperusers} are superusers'`}`;
      if (maySignal) {
        return { verdict: 'ok', found: `${user} has pg_signal_backend: ${counted}` };
      }
      if (!policy.endsAnything) {
        return { verdict: 'ok', found: `${user} has no pg_signal_backend, and the policy ends nothing` };
      }
      const mend = [{ kind: 'sql', line: `GRANT pg_signal_backend TO ${quoteIdentifier(user)};` } as const];
      if (all === ofSuperusers) {
        const found = `${user} has no pg_signal_backend; nobody's session is there on whom to see whether it has the right by membership`;
        return { verdict: 'cannot-tell', found, mend };
      }
      return endable === all - ofSuperusers
        ? {
            verdict: 'ok',
            found: `${user} is a member of the roles of all who are there now: ${counted}; of others it may not be`,
          }
        : { verdict: 'problem', found: `${user} has no pg_signal_backend: ${counted}`, mend };
    },
  );
}
