import * as z from 'zod';
import { microsOf } from '../../backends/instant.ts';
import { readServerTime } from '../../backends/server-time.ts';
import type { PathFacts } from '../../doctor/postgres/judge-pooler.ts';
import type {
  PostgresOverride,
  PostgresSelf,
  PostgresSessions,
  PostgresSettings,
} from '../../doctor/postgres/postgres-facts.ts';
import { POSTGRES_QUESTIONS } from '../../doctor/postgres/postgres-questions.ts';
import type { PostgresWarehouse } from '../../warehouse/postgres-direct-warehouse.ts';

/** Statements that follow each other; a pooler that shares by transaction gives each to whatever connection is free. */
const LOOKS_AT_PID = 4;

const selfRow = z.object({
  version: z.string(),
  version_number: z.number(),
  user_name: z.string(),
  database_name: z.string(),
  is_standby: z.boolean(),
  pid: z.number(),
  client_port: z.number().nullable(),
  server_now: z.string(),
  is_encrypted: z.boolean().nullable(),
  tls_version: z.string().nullable(),
  is_superuser: z.boolean(),
  sees_everyone: z.boolean(),
  may_signal: z.boolean(),
  may_use_reserved: z.boolean(),
});

/** Who we are there, and how the connection looks from the server's end. */
export interface PostgresArrival {
  readonly self: PostgresSelf;
  readonly pid: number;
  readonly portSeen: number | null;
  readonly encrypted: boolean | null;
  readonly tlsVersion: string | null;
  /** Milliseconds since 1970, by the server's clock. */
  readonly serverNow: number;
}

export async function readArrival(server: PostgresWarehouse): Promise<PostgresArrival> {
  const [answer] = await server.query(POSTGRES_QUESTIONS.self, []);
  const row = selfRow.parse(answer);
  return {
    self: {
      version: row.version,
      versionNumber: row.version_number,
      user: row.user_name,
      database: row.database_name,
      standby: row.is_standby,
      superuser: row.is_superuser,
      seesEveryone: row.sees_everyone,
      maySignal: row.may_signal,
      mayUseReserved: row.may_use_reserved,
    },
    pid: row.pid,
    portSeen: row.client_port,
    encrypted: row.is_encrypted,
    tlsVersion: row.tls_version,
    serverNow: microsOf(z.string().parse(readServerTime(row.server_now))) / 1000,
  };
}

export async function readPath(server: PostgresWarehouse, host: string, arrival: PostgresArrival): Promise<PathFacts> {
  const pids = [arrival.pid];
  while (pids.length < LOOKS_AT_PID) {
    const [row] = await server.query(POSTGRES_QUESTIONS.pid, []);
    pids.push(z.object({ pid: z.number() }).parse(row).pid);
  }
  const { processId, localPort } = server.handshake;
  return { host, handshakePid: processId, pids, ownPort: localPort, portSeen: arrival.portSeen };
}

const settingRow = z.object({ name: z.string(), value: z.string(), unit: z.string().nullable(), source: z.string() });

export async function readSettings(server: PostgresWarehouse): Promise<PostgresSettings> {
  const rows = z.array(settingRow).parse(await server.query(POSTGRES_QUESTIONS.settings, []));
  return new Map(rows.map(({ name, ...setting }) => [name, setting]));
}

const overrideRow = z.object({
  role_name: z.string(),
  database_name: z.string(),
  name: z.string(),
  value: z.string(),
});

export async function readOverrides(server: PostgresWarehouse): Promise<readonly PostgresOverride[]> {
  const rows = z.array(overrideRow).parse(await server.query(POSTGRES_QUESTIONS.overrides, []));
  return rows.map(({ role_name, database_name, name, value }) => ({
    role: role_name,
    database: database_name,
    name,
    value,
  }));
}

const sessionsRow = z.object({
  user_name: z.string(),
  application_name: z.string(),
  sessions: z.number(),
  hidden: z.number(),
  superusers: z.number(),
  endable: z.number(),
});

export async function readSessions(server: PostgresWarehouse): Promise<readonly PostgresSessions[]> {
  const rows = z.array(sessionsRow).parse(await server.query(POSTGRES_QUESTIONS.sessions, []));
  return rows.map(({ user_name, application_name, ...counts }) => ({
    user: user_name,
    application: application_name,
    ...counts,
  }));
}
