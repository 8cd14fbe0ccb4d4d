import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { waitUntil } from '../../local/redshift/wait-until.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';

const clock = new VirtualClock();
let redshift: RedshiftServer;
let admin: pg.Client;
let alice: pg.Client;
let bob: pg.Client;

interface Session {
  process: number;
  user_name: string;
  starttime: Date;
  timeout_sec: number;
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function rowsOf<Row extends object>(client: pg.Client, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await client.query<Row>(rewriteRedshiftSql(sql), values)).rows;
}

async function open(user: string, applicationName = ''): Promise<pg.Client> {
  return redshift.connect({ user, database: 'dev', applicationName });
}

beforeAll(async () => {
  redshift = await startRedshift({ port: 0, clock, maxConnections: 12 });
  admin = await open('awsuser', 'admin');
  for (const user of ['alice', 'bob']) await admin.query(rewriteRedshiftSql(`create user ${user} password disable`));
  await admin.query(
    'create table public.orders (id int); insert into orders values (1); grant all on orders to public',
  );
  alice = await open('alice', 'dashboard');
  bob = await open('bob');
});

afterAll(async () => {
  await redshift?.stop();
});

describe('the session views', () => {
  it('pads names to 50 characters and cuts the start to the second', async () => {
    const [session] = await rowsOf<Session>(admin, 'select * from stv_sessions where process = $1', [
      await pidOf(alice),
    ]);
    expect(session?.user_name).toBe('alice'.padEnd(50));
    expect(session?.starttime.getMilliseconds()).toBe(0);
    expect(session?.timeout_sec).toBe(0);
    const types = await rowsOf(
      admin,
      `select attname, format_type(atttypid, atttypmod) as type from pg_attribute
       where attrelid = 'stv_sessions'::regclass and attnum > 0 order by attnum`,
    );
    expect(types).toEqual([
      { attname: 'starttime', type: 'timestamp without time zone' },
      { attname: 'process', type: 'integer' },
      { attname: 'user_name', type: 'character(50)' },
      { attname: 'db_name', type: 'character(50)' },
      { attname: 'timeout_sec', type: 'integer' },
    ]);
  });

  it('cuts a name to 50 bytes, not characters', async () => {
    const name = 'ü'.repeat(30);
    await admin.query(`create user "${name}"`);
    const client = await open(name);
    const [session] = await rowsOf<Session>(admin, 'select * from stv_sessions where process = $1', [
      await pidOf(client),
    ]);
    expect(session?.user_name.trim()).toBe('ü'.repeat(25));
    await client.end();
  });

  it('shows a superuser every session and nobody a background worker, an ordinary user only their own', async () => {
    const all = await rowsOf<Session>(admin, 'select * from stv_sessions order by process');
    const live = await rowsOf<{ pid: number }>(
      admin,
      "select pid from pg_stat_activity where backend_type = 'client backend' order by pid",
    );
    expect(all.map((row) => row.process)).toEqual(live.map((row) => row.pid));
    expect(all.map((row) => row.user_name.trim())).toContain('rdsdb');
    const own = await rowsOf<Session>(alice, 'select * from stv_sessions');
    expect(own.map((row) => row.process)).toEqual([await pidOf(alice)]);
  });

  it('shows everyone to a user with unrestricted syslog access, until it is taken away', async () => {
    await rowsOf(admin, 'alter user bob syslog access unrestricted');
    expect((await rowsOf(bob, 'select * from stv_sessions')).length).toBeGreaterThan(2);
    const access = "select syslogaccess from svl_user_info where usename = 'bob'";
    expect(await rowsOf(admin, access)).toEqual([{ syslogaccess: 'UNRESTRICTED' }]);
    await rowsOf(admin, 'alter user bob syslog access restricted');
    expect(await rowsOf(bob, 'select * from stv_sessions')).toHaveLength(1);
    await expect(rowsOf(bob, 'alter user bob syslog access unrestricted')).rejects.toThrow('permission denied');
  });

  it.each(['stl_connection_log', 'sys_connection_log', 'stv_locks', 'sys_transaction_history', 'svl_user_info'])(
    'keeps %s from all but superusers, until it is granted',
    async (view) => {
      await expect(rowsOf(alice, `select * from ${view}`)).rejects.toThrow(`permission denied for view ${view}`);
      await admin.query(`grant select on ${view} to alice`);
      await expect(rowsOf(alice, `select * from ${view}`)).resolves.toBeInstanceOf(Array);
      await admin.query(`revoke select on ${view} from alice`);
    },
  );

  it('gives a session the timeout that its user had when it began', async () => {
    await rowsOf(admin, 'alter user bob session timeout 600');
    const later = await open('bob');
    const timeouts = await rowsOf<Session>(bob, 'select timeout_sec from stv_sessions order by starttime, process');
    expect(timeouts.map((row) => row.timeout_sec).sort()).toEqual([0, 600]);
    await rowsOf(admin, 'alter user bob reset session timeout');
    expect(await rowsOf(later, 'select timeout_sec from stv_sessions where process = pg_backend_pid()')).toEqual([
      { timeout_sec: 600 },
    ]);
    expect(await rowsOf(admin, "select sessiontimeout from svl_user_info where usename = 'bob'")).toEqual([
      { sessiontimeout: 0 },
    ]);
    await expect(rowsOf(admin, 'alter user bob session timeout 5')).rejects.toThrow('between 60 and 1728000');
    await later.end();
  });

  it("has Redshift's pg_user, where rdsdb is 1 and the first superuser 100", async () => {
    const users = await rowsOf<{ usename: string; usesysid: number }>(
      alice,
      "select usename, usesysid, usesuper, usecatupd from pg_user where usename in ('rdsdb', 'awsuser', 'alice') order by usesysid",
    );
    expect(users.slice(0, 2)).toEqual([
      { usename: 'rdsdb', usesysid: 1, usesuper: true, usecatupd: true },
      { usename: 'awsuser', usesysid: 100, usesuper: true, usecatupd: true },
    ]);
    expect(users[2]?.usesysid).toBeGreaterThan(100);
    expect(await rowsOf(alice, 'select usesuper from pg_user where usename = current_user')).toEqual([
      { usesuper: false },
    ]);
  });
});

describe('the history of sessions', () => {
  it('logs where a session came from, the name of its application, and its end', async () => {
    const client = await open('bob', 'report');
    const pid = await pidOf(client);
    const events = async (): Promise<Record<string, string>[]> =>
      rowsOf(
        admin,
        `select trim(event) as event, trim(remotehost) as host, trim(application_name) as application, trim(username) as who
         from stl_connection_log where pid = $1 and recordtime >= dateadd(minute, -5, getdate())`,
        [pid],
      );
    expect(await events()).toEqual(
      expect.arrayContaining([
        { event: 'initiating session', host: '127.0.0.1', application: 'report', who: 'bob' },
        { event: 'set application_name', host: '127.0.0.1', application: 'report', who: 'bob' },
      ]),
    );
    await client.end();
    const hasEnded = async (): Promise<boolean> =>
      (await events()).some((row) => row['event'] === 'disconnecting session' && row['application'] === 'report');
    expect(await waitUntil(hasEnded, 5000)).toBe(true);
    expect(await rowsOf(bob, 'select timed_out from stl_sessions where process = $1', [pid])).toEqual([
      { timed_out: 2 },
    ]);
    expect(
      await rowsOf(
        bob,
        'select trim(status) as status, end_time >= start_time as ok from sys_session_history where session_id = $1',
        [pid],
      ),
    ).toEqual([{ status: 'closed', ok: true }]);
    expect(await rowsOf(alice, 'select * from stl_sessions where process = $1', [pid])).toEqual([]);
  });
});
