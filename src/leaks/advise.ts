import type { TargetConfig } from '../config/target-config.ts';
import type { ClientGroup } from './client-group.ts';
import { recogniseClient } from './recognise-client.ts';

/** One thing to change, so that a client stops holding idle sessions. */
export interface Advice {
  /** Where: in the client, or on the server. */
  readonly at: 'client' | 'server';
  readonly setting: string;
  readonly why: string;
  readonly source: string;
}

/** Where less is wasted and nobody comes back, there is nothing to fix. */
const LEAST_WASTED_SECONDS = 60;

/** Idle seconds after which the suggested statement has the server itself end a session: an hour. 60 to 1,728,000 are possible. */
const SESSION_TIMEOUT_SECONDS = 3_600;

/** What was found of a client. */
export interface Findings {
  readonly wastedSeconds: number;
  /** How many of its sessions came back right after Slotkeeper had ended them. */
  readonly came: number;
  /** Whether the server's own timeout was seen on its sessions already. */
  readonly serverTimeout: boolean;
  /** Whether Slotkeeper itself signs in as this user: a timeout would end the session that it keeps for itself. */
  readonly own: boolean;
  /** Each has a statement of its own for that. */
  readonly engine: TargetConfig['engine'];
}

/** What stops the leak of a client: the setting of the program that it probably is, and the server's own for its user. */
export function advise(
  group: ClientGroup,
  { wastedSeconds, came, serverTimeout, own, engine }: Findings,
): { readonly client: string | null; readonly advice: readonly Advice[] } {
  const client = recogniseClient(group.application ?? '', group.driver ?? '');
  const name = client?.name ?? null;
  if (wastedSeconds < LEAST_WASTED_SECONDS && came === 0) {
    return { client: name, advice: [] };
  }
  const advice: Advice[] = [];
  if (client !== null) {
    advice.push({ at: 'client', setting: client.setting, why: client.why, source: client.source });
  }
  if (came > 0) {
    advice.push({
      at: 'client',
      setting: "a maximum lifetime and an idle timeout of its pool below the rule's terminateAfter",
      why: `it came back right after ${came} of its sessions had been ended, so ending more of them frees no slot`,
      source: 'https://github.com/brettwooldridge/HikariCP#gear-configuration-knobs-baby',
    });
  }
  // A timeout is one more thing that ends sessions of a client that opens new ones at once.
  if (group.user !== null && !serverTimeout && !own && came === 0) {
    advice.push({
      at: 'server',
      ...(engine === 'postgres' ? postgresTimeout(group.user) : redshiftTimeout(group.user)),
    });
  }
  return { client: name, advice };
}

function redshiftTimeout(user: string): Omit<Advice, 'at'> {
  return {
    setting: `ALTER USER ${quoteIdentifier(userName(user))} SESSION TIMEOUT ${SESSION_TIMEOUT_SECONDS}`,
    why: 'the server ends sessions of this user that are idle for that many seconds, warning nobody; for new sessions only',
    source: 'https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_USER.html',
  };
}

function postgresTimeout(user: string): Omit<Advice, 'at'> {
  return {
    setting: `ALTER ROLE ${quoteIdentifier(user)} SET idle_session_timeout = '${SESSION_TIMEOUT_SECONDS}s'`,
    why: 'the server (PostgreSQL 14 and later) ends sessions of this role that are idle for that long outside of a transaction, warning nobody; for new sessions only, and not where a pooler holds them, which does not expect it',
    source: 'https://www.postgresql.org/docs/current/runtime-config-client.html',
  };
}

/**
 * The database user of a session. With temporary credentials STV_SESSIONS shows `IAM:<user>`, or `IAMA:<user>:<group>`
 * (the example on AWS page r_STV_SESSIONS).
 */
function userName(user: string): string {
  return user.replace(/^IAM:/, '').replace(/^IAMA:([^:]*)(:.*)?$/s, '$1');
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
