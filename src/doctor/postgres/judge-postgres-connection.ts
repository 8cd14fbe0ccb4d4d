import type { Check, Mend } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import type { PostgresSelf, PostgresSettings } from './postgres-facts.ts';

/** Slotkeeper's SQL is written for these; older ones lack columns that it reads. */
const OLDEST = 13;
const NEWEST = 18;

/** How the sign-in went. */
export type PostgresSignIn =
  | { readonly kind: 'signed-in'; readonly self: PostgresSelf; readonly milliseconds: number }
  | { readonly kind: 'refused'; readonly error: string };

export function judgePostgresConnection(
  fact: Fact<PostgresSignIn>,
  { remedies }: { readonly remedies: readonly Mend[] },
): Check {
  return checkFact(
    {
      name: 'connection',
      question: 'Does the server let Slotkeeper in?',
      expected: `a connection to PostgreSQL ${OLDEST} to ${NEWEST}`,
      source: 'docs/postgres.md; PostgreSQL manual, appendix "PostgreSQL Error Codes"',
    },
    fact,
    (signIn) => {
      if (signIn.kind === 'refused') {
        return { verdict: 'problem', found: signIn.error, mend: remedies };
      }
      const { user, database, version, versionNumber, standby } = signIn.self;
      const found = `signed in as ${user} to database ${database}, PostgreSQL ${version}${standby ? ' (a standby: its sessions are its own)' : ''}, in ${(signIn.milliseconds / 1000).toFixed(1)} s`;
      const major = Math.floor(versionNumber / 10_000);
      if (major < OLDEST) {
        return { verdict: 'problem', found: `${found}; that version is too old` };
      }
      return major > NEWEST
        ? { verdict: 'warning', found: `${found}; that version was not tried` }
        : { verdict: 'ok', found };
    },
  );
}

export interface EncryptionFacts {
  /** What the target asks for. */
  readonly mode: 'verify-full' | 'off';
  readonly host: string;
  /** What the server says of the connection that reached it; null: it did not tell. */
  readonly encrypted: boolean | null;
  /** e.g. `TLSv1.3`; null: none. */
  readonly version: string | null;
}

/** Whether what travels is encrypted, and to whom. */
export function judgePostgresTls(fact: Fact<EncryptionFacts>): Check {
  return checkFact(
    {
      name: 'tls',
      question: 'Is the connection encrypted, and the server the one that it says it is?',
      expected: 'TLS with certificate and host name verified, or a loopback address',
      source: 'PostgreSQL manual, pg_stat_ssl; docs/configuration.md (tls)',
    },
    fact,
    ({ mode, host, encrypted, version }) => {
      if (mode === 'off') {
        return { verdict: 'ok', found: `unencrypted, but it does not leave this machine (${host})` };
      }
      const found = `certificate and host name verified (${host})`;
      return encrypted === false
        ? {
            verdict: 'warning',
            found: `${found}, but the last stretch to the server is not encrypted: something stands between`,
          }
        : { verdict: 'ok', found: `${version ?? 'TLS'}, ${found}` };
    },
  );
}

/** Whether the server keeps track of what sessions do; without it no idle time is known. */
export function judgeTrackActivities(fact: Fact<PostgresSettings>): Check {
  return checkFact(
    {
      name: 'activity-shown',
      question: 'Does the server keep track of what sessions do?',
      expected: 'on',
      source: 'PostgreSQL manual, "Run-time Statistics" (track_activities)',
    },
    fact,
    (settings) => {
      const value = settings.get('track_activities')?.value;
      return value === 'on'
        ? { verdict: 'ok', found: 'on' }
        : {
            verdict: value === undefined ? 'cannot-tell' : 'problem',
            found: value === undefined ? 'the server does not show it' : 'off: no session shows since when it is idle',
            mend:
              value === undefined
                ? []
                : [{ kind: 'sql', line: 'ALTER SYSTEM SET track_activities = on; SELECT pg_reload_conf();' }],
          };
    },
  );
}
