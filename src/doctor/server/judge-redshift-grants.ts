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
  /** Whether it may read STL_CONNECTION_LOG, which is for superusers until granted; null: it could not be asked. */
  readonly connectionLog: boolean | null;
}

/** Whether the user sees everyone's sessions and may end them. */
export function judgeRedshiftGrants(fact: Fact<RedshiftGrants>, policy: { readonly endsAnything: boolean }): Check {
  return checkFact(
    {
      name: 'grants',
      question: 'May the database user see and end the sessions of others?',
      expected: policy.endsAnything
        ? 'a superuser: nobody else may end the sessions of others'
        : 'SYSLOG ACCESS UNRESTRICTED and SELECT on stl_connection_log; the policy ends nothing',
      source:
        'AWS pages cm_chap_system-tables (visibility), PG_TERMINATE_BACKEND, r_STL_CONNECTION_LOG (Amazon Redshift developer guide)',
    },
    fact,
    ({ user, superuser, syslogUnrestricted, connectionLog }) => {
      if (superuser) {
        return { verdict: 'ok', found: `${user} is a superuser: sees every session and may end it` };
      }
      const name = quoteIdentifier(user);
      const makeSuperuser: Mend = { kind: 'sql', line: `ALTER USER ${name} CREATEUSER;` };
      const seeEveryone: Mend = { kind: 'sql', line: `ALTER USER ${name} SYSLOG ACCESS UNRESTRICTED;` };
      const seeClients: Mend = { kind: 'sql', line: `GRANT SELECT ON stl_connection_log TO ${name};` };
      if (syslogUnrestricted === null) {
        return {
          verdict: 'cannot-tell',
          found: `${user} is no superuser, and whether it sees every session could not be asked`,
        };
      }
      if (!syslogUnrestricted) {
        const mend = policy.endsAnything ? [makeSuperuser] : [seeEveryone, seeClients];
        const found = `${user} is no superuser and has no SYSLOG ACCESS UNRESTRICTED: sees its own sessions only, so every run is refused`;
        return { verdict: 'problem', found, mend };
      }
      if (connectionLog === false) {
        const found = `${user} sees every session, but may not read stl_connection_log, so the session query is refused`;
        return { verdict: 'problem', found, mend: [seeClients] };
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
