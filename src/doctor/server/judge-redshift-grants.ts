import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteIdentifier } from '../quote.ts';

/** What the database user may do, as the server tells it. */
export interface RedshiftGrants {
  readonly user: string;
  readonly superuser: boolean;
  /** Null: it could not be asked. */
  readonly syslogUnrestricted: boolean | null;
  /** Views that the session query reads and that are for superusers until granted. */
  readonly guardedViews: readonly string[];
  /** Those of them that it may not read; what could not be asked is not among them. */
  readonly unreadable: readonly string[];
}

/** Whether the user sees everyone's sessions and may end them. */
export function judgeRedshiftGrants(fact: Fact<RedshiftGrants>, policy: { readonly endsAnything: boolean }): Check {
  return checkFact(
    {
      name: 'grants',
      question: 'May the database user see and end the sessions of others?',
      expected: policy.endsAnything
        ? 'a superuser: nobody else may end the sessions of others'
        : 'SYSLOG ACCESS UNRESTRICTED, and SELECT on the views that are for superusers; the policy ends nothing',
      source:
        'AWS pages cm_chap_system-tables (visibility), PG_TERMINATE_BACKEND, r_STL_CONNECTION_LOG (Amazon Redshift developer guide)',
    },
    fact,
    ({ user, superuser, syslogUnrestricted, guardedViews, unreadable }) => {
      if (superuser) {
        return { verdict: 'ok', found: `${user} is a superuser: sees every session and may end it` };
      }
      const name = quoteIdentifier(user);
      const makeSuperuser: Mend = { kind: 'sql', line: `ALTER USER ${name} CREATEUSER;` };
      const seeEveryone: Mend = { kind: 'sql', line: `ALTER USER ${name} SYSLOG ACCESS UNRESTRICTED;` };
      const readable = (views: readonly string[]): Mend => ({
        kind: 'sql',
        line: `GRANT SELECT ON ${views.join(', ')} TO ${name};`,
      });
      if (syslogUnrestricted === null) {
        return {
          verdict: 'cannot-tell',
          found: `${user} is no superuser, and whether it sees every session could not be asked`,
        };
      }
      if (!syslogUnrestricted) {
        const mend = policy.endsAnything ? [makeSuperuser] : [seeEveryone, readable(guardedViews)];
        const found = `${user} is no superuser and has no SYSLOG ACCESS UNRESTRICTED: sees its own sessions only, so every run is refused`;
        return { verdict: 'problem', found, mend };
      }
      if (unreadable.length > 0) {
        const found = `${user} sees every session, but may not read ${unreadable.join(', ')}, so the session query is refused`;
        return { verdict: 'problem', found, mend: [readable(unreadable)] };
      }
      return policy.endsAnything
        ? {
            verdict: 'warning',
            found: `${user} sees every session but is no superuser: runs warn and end nothing, though the policy says so`,
            mend: [makeSuperuser],
          }
        : { verdict: 'ok', found: `${user} sees every session; it may not end others, and the policy ends nothing` };
    },
  );
}
