import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  ListSessionsCommand,
  type RedshiftDataClient,
  type SessionData,
} from '@aws-sdk/client-redshift-data';
import type pg from 'pg';
import { expect } from 'vitest';
import { DEV } from './data-api-harness.ts';

/** Opens a session by a first statement and waits for its end. */
export async function openSession(
  client: RedshiftDataClient,
  keepAlive = 600,
): Promise<{ SessionId: string; pid: number }> {
  const { SessionId, RedshiftPid } = await client.send(
    new ExecuteStatementCommand({ ...DEV, Sql: 'select 1', SessionKeepAliveSeconds: keepAlive, WaitTimeSeconds: 30 }),
  );
  return { SessionId: SessionId ?? '', pid: RedshiftPid ?? 0 };
}

/** What ListSessions tells of one session. */
export async function sessionOf(client: RedshiftDataClient, SessionId: string): Promise<SessionData | undefined> {
  return (await client.send(new ListSessionsCommand({ SessionId }))).Sessions?.[0];
}

/** A session's status. */
export async function statusOf(client: RedshiftDataClient, SessionId: string): Promise<string | undefined> {
  return (await sessionOf(client, SessionId))?.Status;
}

/** Whether the server still has a backend with this pid. */
export async function backendLives(admin: pg.Client, pid: number): Promise<boolean> {
  return (await admin.query('select 1 from pg_stat_activity where pid = $1', [pid])).rowCount === 1;
}

/** Starts a query that lasts until it is ended from outside. */
export async function startLongQuery(client: RedshiftDataClient, SessionId: string): Promise<string> {
  const { Id = '' } = await client.send(new ExecuteStatementCommand({ SessionId, Sql: 'select pg_sleep(120)' }));
  const status = async () => (await client.send(new DescribeStatementCommand({ Id }))).Status;
  await expect.poll(status).toBe('STARTED');
  return Id;
}
