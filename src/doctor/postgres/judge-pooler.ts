import type { Check } from '../check.ts';
import { checkFact } from '../check-fact.ts';
import type { Fact } from '../fact.ts';
import type { PostgresSessions } from './postgres-facts.ts';

/** What the two ends of our connection say of it. */
export interface PathFacts {
  readonly host: string;
  /** The process id that the handshake named; null: none. */
  readonly handshakePid: number | null;
  /** `pg_backend_pid()` of statements that followed each other. */
  readonly pids: readonly number[];
  /** Our port as we see it, and as the server sees it; null: not a TCP connection, or not told. */
  readonly ownPort: number | null;
  readonly portSeen: number | null;
}

export interface PathContext {
  readonly target: string;
  /** The server is given by URL, so that no file names its host. */
  readonly byUrl: boolean;
}

/** The endpoint of an RDS Proxy (AWS page rds-proxy-connecting: `the-proxy.proxy-demo.us-east-1.rds.amazonaws.com`). */
const RDS_PROXY = /\.proxy-[^.]+\.[^.]+\.rds\.amazonaws\.com(\.cn)?$/i;

/**
 * Whether something stands between us and the server.
 *
 * A server names its own process in the handshake. PgBouncer puts random bytes there (pgbouncer#945, pgjdbc#2318), so
 * there the two differ; and where it shares server connections out by transaction, the process changes between two
 * statements. A proxy that hands everything on as it is cannot be told from none.
 */
export function judgePooler(fact: Fact<PathFacts>, { target, byUrl }: PathContext): Check {
  return checkFact(
    {
      name: 'pooler',
      question: 'Does something stand between Slotkeeper and the server?',
      expected: 'a direct connection: a pooler may have no connection left, and hides when it is full',
      source: 'repositories pgbouncer/pgbouncer#945, #1296, pgjdbc/pgjdbc#2318; AWS page rds-proxy-connecting',
    },
    fact,
    ({ host, handshakePid, pids, ownPort, portSeen }) => {
      const signs = [
        ...(RDS_PROXY.test(host) ? ['the host is the endpoint of an RDS Proxy'] : []),
        ...(new Set(pids).size > 1
          ? ['statements that followed each other ran in different processes of the server']
          : []),
        ...(handshakePid !== null && !pids.includes(handshakePid)
          ? ['the handshake named another process than the one that answers']
          : []),
      ];
      if (signs.length > 0) {
        return {
          verdict: 'warning',
          found: `yes: ${signs.join('; ')}`,
          mend: [
            byUrl
              ? { kind: 'cli', line: 'slotkeeper doctor --url postgres://<user>@<the server itself>/<database>' }
              : { kind: 'yaml', line: `targets: { ${target}: { host: <the server itself> } }` },
          ],
        };
      }
      if (handshakePid === null) {
        return { verdict: 'cannot-tell', found: 'the handshake named no process to compare' };
      }
      const port =
        ownPort === null || portSeen === null || ownPort === portSeen
          ? ''
          : '; another port reaches the server than leaves here, as with address translation or a load balancer';
      return { verdict: 'ok', found: `no sign of it: the process of the handshake answers, each time${port}` };
    },
  );
}

/** How poolers call themselves towards the server, by application or user. */
const POOLERS = /^(pgbouncer|pgcat|pgdog|odyssey|supavisor|pgpool|rdsproxyadmin|azure_pgbouncer)/i;

/**
 * Whether sessions of others are a pooler's. Its server connections are shared by many clients, so that idle ones are
 * its stock, and ending one that is lent out fails a client who did nothing wrong.
 */
export function judgePooledSessions(fact: Fact<readonly PostgresSessions[]>): Check {
  return checkFact(
    {
      name: 'pooled-sessions',
      question: "Are sessions of others a pooler's, which must not be ended blindly?",
      expected: 'none, or a rule that keeps them and server_idle_timeout of the pooler in its place',
      source: 'https://www.pgbouncer.org/config.html (application_name_add_host, server_idle_timeout)',
    },
    fact,
    (sessions) => {
      const pooled = sessions.filter(({ user, application }) => POOLERS.test(application) || POOLERS.test(user));
      // application_name_add_host appends the client's address to the name.
      const hosted = sessions.filter(({ application }) => / - ([\d.]+|\[?[\da-f:]+\]?):\d+$/i.test(application));
      const found = [...new Set([...pooled, ...hosted])];
      if (found.length === 0) {
        return {
          verdict: 'cannot-tell',
          found:
            'none shows itself by name; most poolers pass on the name of their client, and the server sees no more',
        };
      }
      const count = found.reduce((total, one) => total + one.sessions, 0);
      const names = [...new Set(found.map(({ user, application }) => application || user))].slice(0, 5);
      return {
        verdict: 'warning',
        found: `${count} probably are: ${names.join(', ')}`,
        mend: found.slice(0, 3).map(({ user, application }) => ({
          kind: 'yaml',
          line: POOLERS.test(application)
            ? `- { name: pooler, match: { application: ${JSON.stringify(`${application.split(/[ -]/)[0]}*`)} }, keep: true }`
            : `- { name: pooler, match: { user: ${JSON.stringify(user)} }, keep: true }`,
        })),
      };
    },
  );
}
