import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { readRedshiftHistory } from '../../src/backends/read-redshift-history.ts';
import { readRedshiftSnapshot } from '../../src/backends/read-redshift-snapshot.ts';
import { REDSHIFT_HISTORY_SQL } from '../../src/backends/redshift-history-sql.ts';
import { REDSHIFT_SESSION_SQL } from '../../src/backends/redshift-session-sql.ts';

let server: RedshiftServer;
let clock: VirtualClock;
let admin: pg.Client;

const open = (user: string, applicationName: string) => server.connect({ user, database: 'dev', applicationName });

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function history(seconds: number) {
  const sql = rewriteRedshiftSql(REDSHIFT_HISTORY_SQL).replaceAll(':seconds', '$1');
  const { rows } = await admin.query(sql, [String(seconds)]);
  return readRedshiftHistory(rows, 'local').sessions;
}

beforeAll(async () => {
  clock = new VirtualClock();
  server = await startRedshift({ port: 0, clock, maxConnections: 20 });
  admin = await open('awsuser', 'reaper');
  await admin.query('create user bi');
});

afterAll(async () => {
  await admin.end();
  await server.stop();
});

describe('the session history query on a real server', () => {
  it('has the ended and the living, with what their clients said, but not the platform and not the one that asks', async () => {
    const gone = await open('bi', 'Tableau');
    const gonePid = await pidOf(gone);
    await gone.end();
    const there = await open('bi', 'DBeaver');
    const therePid = await pidOf(there);
    const ended = async () => (await history(3600)).find(({ pid }) => pid === gonePid)?.endedAt ?? null;
    await expect.poll(ended).not.toBeNull();

    const sessions = await history(3600);
    expect(sessions.map(({ pid }) => pid).sort()).toEqual([gonePid, therePid].sort());
    expect(sessions.find(({ pid }) => pid === gonePid)).toMatchObject({
      user: 'bi',
      database: 'dev',
      application: 'Tableau',
      clientHost: '127.0.0.1',
      driver: '',
    });
    const living = sessions.find(({ pid }) => pid === therePid);
    expect(living).toMatchObject({ application: 'DBeaver', endedAt: null });
    // The same identity as a look shows.
    const { rows } = await admin.query(rewriteRedshiftSql(REDSHIFT_SESSION_SQL));
    const seen = readRedshiftSnapshot(rows, 'local').backends.find(({ identity }) => identity.pid === therePid);
    expect({ target: 'local', pid: living?.pid, startedAt: living?.startedAt, user: living?.user }).toEqual(
      seen?.identity,
    );

    await clock.advance(2 * 3_600_000);
    expect((await history(3600)).map(({ pid }) => pid)).toEqual([therePid]);
    expect(await history(3 * 3600)).toHaveLength(2);
    await there.end();
  });

  it('gives each log entry to the session in whose time it was written, where a pid was used again', async () => {
    await admin.query(`
      create schema made_up;
      create table made_up.stv_sessions (starttime timestamp, process int, user_name char(50), db_name char(50));
      create table made_up.stl_sessions
        (starttime timestamp, endtime timestamp, process int, user_name char(50), db_name char(50));
      create table made_up.stl_connection_log (event char(50), recordtime timestamp, remotehost char(45), pid int,
        application_name char(250), driver_version char(64));
      insert into made_up.stl_sessions values
        (getdate() - interval '3 hours', getdate() - interval '2 hours', 1001, 'bi', 'dev'),
        (getdate() - interval '9 hours', getdate() - interval '8 hours', 1002, 'bi', 'dev'),
        (getdate() - interval '3 hours', getdate() - interval '2 hours', 1003, 'rdsdb', 'dev');
      insert into made_up.stv_sessions values
        (getdate() - interval '1 hour', 1001, 'bi', 'dev'), (getdate() - interval '1 hour', 1004, 'ana', null);
      insert into made_up.stl_connection_log values
        ('initiating session', getdate() - interval '3 hours', '10.0.0.1', 1001, '', 'Redshift JDBC Driver 2.1.0.30'),
        ('set application_name', getdate() - interval '170 minutes', '', 1001, 'zebra', ''),
        ('set application_name', getdate() - interval '160 minutes', '', 1001, 'alpha', ''),
        ('disconnecting session', getdate() - interval '2 hours', '10.0.0.1', 1001, '', ''),
        ('initiating session', getdate() - interval '1 hour', '10.0.0.2', 1001, 'Metabase', null);
    `);
    await admin.query('set search_path = made_up, public, pg_catalog');
    const sessions = await history(6 * 3600).finally(() =>
      admin.query('reset search_path; drop schema made_up cascade'),
    );
    expect(
      sessions.map(({ pid, endedAt, application, clientHost, driver }) => [
        pid,
        endedAt === null,
        application,
        clientHost,
        driver,
      ]),
    ).toEqual([
      [1001, true, 'Metabase', '10.0.0.2', ''],
      [1004, true, '', '', ''],
      [1001, false, 'alpha', '10.0.0.1', 'Redshift JDBC Driver 2.1.0.30'],
    ]);
  });
});
