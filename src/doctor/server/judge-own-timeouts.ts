import { formatDuration } from '../../notices/format-duration.ts';
import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import { quoteIdentifier } from '../quote.ts';

/** The session query and the termination of a large cluster take seconds; less than this may cut them off. */
const LEAST_STATEMENT_SECONDS = 60;

/** Limits on Slotkeeper's own database user. */
export interface OwnLimits {
  readonly user: string;
  /** SESSION TIMEOUT in seconds; 0: none; null: it could not be asked. */
  readonly sessionTimeoutSeconds: number | null;
  /** `statement_timeout` in milliseconds; 0: none; null: it could not be asked. */
  readonly statementTimeoutMs: number | null;
  /** CONNECTION LIMIT; null: none, or it could not be asked. */
  readonly connectionLimit: number | null;
  readonly superuser: boolean;
}

/** Whether the server leaves Slotkeeper's own sessions alone: the one it keeps is what gets in when no slot is left. */
export function judgeOwnTimeouts(
  fact: Fact<OwnLimits>,
  { sessionKeepAlive }: { readonly sessionKeepAlive: number },
): Check {
  return checkFact(
    {
      name: 'own-limits',
      question: "Does the server leave Slotkeeper's own sessions alone?",
      expected: `no SESSION TIMEOUT below runs.sessionKeepAlive (${formatDuration(sessionKeepAlive)}), no statement_timeout below ${formatDuration(LEAST_STATEMENT_SECONDS)}, no CONNECTION LIMIT below 2`,
      source: 'AWS pages r_ALTER_USER, r_statement_timeout (Amazon Redshift developer guide)',
    },
    fact,
    ({ user, sessionTimeoutSeconds, statementTimeoutMs, connectionLimit, superuser }) => {
      const name = quoteIdentifier(user);
      const wrong = [];
      if (sessionTimeoutSeconds !== null && sessionTimeoutSeconds > 0 && sessionTimeoutSeconds < sessionKeepAlive) {
        wrong.push({
          found: `SESSION TIMEOUT ${formatDuration(sessionTimeoutSeconds)} ends the session that the reaper keeps`,
          line: `ALTER USER ${name} RESET SESSION TIMEOUT;`,
        });
      }
      if (
        statementTimeoutMs !== null &&
        statementTimeoutMs > 0 &&
        statementTimeoutMs < LEAST_STATEMENT_SECONDS * 1000
      ) {
        wrong.push({
          found: `statement_timeout ${statementTimeoutMs} ms may cut off the session query`,
          line: `ALTER USER ${name} SET statement_timeout TO 0;`,
        });
      }
      // Superusers are not limited (AWS page r_ALTER_USER).
      if (connectionLimit !== null && connectionLimit < 2 && !superuser) {
        wrong.push({
          found: `CONNECTION LIMIT ${connectionLimit} leaves no second session beside the kept one`,
          line: `ALTER USER ${name} CONNECTION LIMIT UNLIMITED;`,
        });
      }
      if (wrong.length > 0) {
        return {
          verdict: 'warning',
          found: wrong.map(({ found }) => found).join('; '),
          mend: wrong.map(({ line }) => ({ kind: 'sql', line })),
        };
      }
      const asked = [sessionTimeoutSeconds, statementTimeoutMs];
      return asked.includes(null)
        ? {
            verdict: 'cannot-tell',
            found: `${sessionTimeoutSeconds === null ? 'SESSION TIMEOUT' : 'statement_timeout'} of ${user} could not be asked`,
          }
        : { verdict: 'ok', found: `nothing limits ${user}'s sessions below that` };
    },
  );
}
