import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import type { Backend } from '../../src/backends/backend.ts';
import type { BackendIdentity } from '../../src/backends/backend-identity.ts';
import { readRedshiftHistory } from '../../src/backends/read-redshift-history.ts';
import { readServerlessSnapshot } from '../../src/backends/read-serverless-snapshot.ts';
import { readSignalled } from '../../src/backends/read-signalled.ts';
import { SERVERLESS_HISTORY_SQL } from '../../src/backends/serverless-history-sql.ts';
import { SERVERLESS_SESSION_SQL } from '../../src/backends/serverless-session-sql.ts';
import { serverlessTermination } from '../../src/backends/serverless-termination.ts';

/** Longer than the 50 bytes to which STV_SESSIONS cuts names, and of characters that SQL, keys and hashes could stumble over. */
const ODD_USER = `o'dd|"@${'é'.repeat(26)}`;

let server: RedshiftServer;
let clock: VirtualClock;
let admin: pg.Client;
const clients: pg.Client[] = [];

async function open(user: string, applicationName: string, endpoint: 'cluster' | 'workgroup' = 'workgroup') {
  const client = await server.connect({ user, database: 'dev', applicationName, endpoint });
  // A client that is ended reports it as an event; without a listener that would end the test run.
  client.on('error', () => undefined);
  clients.push(client);
  return client;
}

async function pidOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

async function look(client = admin) {
  const { rows } = await client.query(rewriteRedshiftSql(SERVERLESS_SESSION_SQL));
  return readServerlessSnapshot(rows, 'local');
}

async function lookAt(pid: number): Promise<Backend | undefined> {
  return (await look()).backends.find(({ identity }) => identity.pid === pid);
}

async function end(victims: readonly BackendIdentity[]) {
  const { sql, parameters } = serverlessTermination(victims);
  const names = Object.keys(parameters);
  const numbered = rewriteRedshiftSql(sql).replace(/:(victims_[0-9a-f])/g, (_, name) => `$${names.indexOf(name) + 1}`);
  const { rows } = await admin.query(numbered, Object.values(parameters));
  return readSignalled(rows, 'local');
}

/** Views read the clock themselves, each at its own moment of the same statement. */
function isAbout(seconds: number): (measured: number) => boolean {
  return (measured) => measured >= seconds && measured < seconds + 5;
}

/** Lets the statements that follow find these tables where the views would be. */
async function withMadeUp<T>(tables: string, task: () => Promise<T>): Promise<T> {
  await admin.query(`create schema made_up; ${tables}`);
  await admin.query('set search_path = made_up, public, pg_catalog');
  return task().finally(() => admin.query('reset search_path; drop schema made_up cascade'));
}

beforeAll(async () => {
  clock = new VirtualClock();
  server = await startRedshift({ port: 0, clock, maxConnections: 40 });
  admin = await open('awsuser', 'reaper');
  await admin.query('create user bi; create table loads (id int)');
  await admin.query(`create user ${pg.escapeIdentifier(ODD_USER)}`);
});

afterAll(async () => {
  await Promise.allSettled(clients.map((client) => client.end()));
  await server.stop();
});

describe('the session query of a workgroup on a real server', () => {
  it('tells what every session does, since when it does nothing, and how far each is believed', async () => {
    const bi = await open('bi', 'dashboard', 'cluster');
    await bi.query('select 1');
    const odd = await open(ODD_USER, '');
    const reader = await open('bi', 'reader');
    await reader.query('begin; select count(*) from pg_class');
    const loader = await open('awsuser', 'loader');
    await loader.query('begin');
    await loader.query('insert into loads values (1)');
    const maker = await open('bi', 'maker');
    const never = await open('bi', 'never used');
    const [biPid, oddPid, readerPid, loaderPid, makerPid] = [
      await pidOf(bi),
      await pidOf(odd),
      await pidOf(reader),
      await pidOf(loader),
      await pidOf(maker),
    ];
    await maker.query('create temp table scratch (id int)');
    const busy = await open('bi', 'busy');
    const busyPid = await pidOf(busy);
    const running = busy.query('select pg_sleep(20)').catch((error: unknown) => error);
    await clock.advance(31 * 60_000);
    await expect.poll(async () => (await lookAt(busyPid))?.activity).toBe('running');

    const snapshot = await look();
    const byPid = new Map(snapshot.backends.map((backend) => [backend.identity.pid, backend]));
    expect(snapshot.canary).toEqual({
      seesEveryone: true,
      mayEndOthers: true,
      ownPid: await pidOf(admin),
      ownSessionSeen: true,
    });
    expect(byPid.get(biPid)).toMatchObject({
      identity: { target: 'local', user: 'bi' },
      database: 'dev',
      application: 'dashboard',
      clientHost: '127.0.0.1',
      activity: 'idle',
      own: false,
      system: false,
      superuser: false,
      evidence: { confidence: 'high', sources: ['SYS_SESSION_HISTORY', 'SYS_QUERY_HISTORY'] },
    });
    expect(byPid.get(biPid)?.identity.startedAt).toMatch(/:\d{2}Z$/);
    expect(byPid.get(biPid)?.idleSeconds).toSatisfy(isAbout(31 * 60 - 1));
    // Whole: nothing is cut at 50 bytes here.
    expect(byPid.get(oddPid)?.identity.user).toBe(ODD_USER);
    expect(byPid.get(readerPid)).toMatchObject({
      activity: 'idle-in-transaction',
      evidence: { confidence: 'high', sources: ['SYS_SESSION_HISTORY', 'SYS_QUERY_HISTORY', 'SVV_TRANSACTIONS'] },
    });
    expect(byPid.get(loaderPid)).toMatchObject({ activity: 'idle-in-transaction-holding-locks', superuser: true });
    expect(byPid.get(makerPid)).toMatchObject({ activity: 'idle', tempTables: true });
    expect(byPid.get(biPid)?.tempTables).toBe(false);
    expect(snapshot.backends.find(({ application }) => application === 'never used')?.evidence).toEqual({
      confidence: 'medium',
      sources: ['SYS_SESSION_HISTORY'],
    });
    expect(byPid.get(busyPid)).toMatchObject({ activity: 'running', idleSeconds: 0 });
    expect(snapshot.backends.filter(({ own }) => own).map(({ identity }) => identity.pid)).toEqual([
      snapshot.canary.ownPid,
    ]);
    expect(snapshot.backends.filter(({ system }) => system).map(({ identity }) => identity.user)).toEqual(['rdsdb']);
    expect(byPid.size).toBe(snapshot.backends.length);

    const before = byPid.get(biPid);
    await clock.advance(60_000);
    const later = await lookAt(biPid);
    expect([later?.lastActiveAt, later?.identity]).toEqual([before?.lastActiveAt, before?.identity]);
    await never.end();
    await admin.query('select pg_cancel_backend($1)', [busyPid]);
    await running;
  });

  it('lets a user with the log of all see everyone, and says that it may not end others', async () => {
    await admin.query(rewriteRedshiftSql('create user auditor password disable syslog access unrestricted'));
    await admin.query('grant select on sys_connection_log, sys_transaction_history to auditor');
    const seen = await look(await open('auditor', 'look only'));
    expect(seen.canary).toMatchObject({ seesEveryone: true, mayEndOthers: false, ownSessionSeen: true });
    expect(seen.backends.length).toBe((await look()).backends.length);
  });

  it('does not let a user without the grants take its own session for all', async () => {
    const bi = await open('bi', 'blind');
    await expect(look(bi)).rejects.toThrow(/permission denied/);
    await bi.end();
  });
});

describe('the session query of a workgroup on rows that a server cannot be made to show', () => {
  const VIEWS = `
    create table made_up.sys_session_history (user_id char(50), session_id int, database_name char(50), status char(9),
      session_timeout int, start_time timestamp, end_time timestamp);
    create table made_up.sys_query_history (session_id int, transaction_id bigint, status char(10), start_time timestamp,
      end_time timestamp, query_text char(4000), username char(128));
    create table made_up.sys_transaction_history (transaction_id bigint, status text);
    create table made_up.sys_connection_log
      (session_id int, record_time timestamp, remote_host char(45), application_name char(250));
    create table made_up.svv_transactions
      (txn_start timestamp, pid int, lock_mode text, lockable_object_type text, granted boolean);
    create table made_up.pg_user (usename name, usesysid int, usesuper boolean);
    insert into made_up.pg_user values ('awsuser', 100, true), ('bi', 101, false), ('rdsdb', 1, true), ('IAMR:admin', 104, true);
    insert into made_up.sys_session_history
      select id, pid, 'dev', 'active', 3600, date_trunc('second', getdate()) - interval '1 hour', null
      from (values (1001, '101'), (1002, '  101'), (1003, '104'), (1004, '1'), (1005, '999'), (1006, '101'), (1007, '101'),
        (1008, '101'), (1009, '101'), (1010, '101'), (1011, '999'), (1012, '101')) as s (pid, id);
    insert into made_up.sys_session_history values
      ('101', 1001, 'dev', 'closed', 0, getdate() - interval '3 hours', getdate() - interval '2 hours'),
      ('101', 2001, 'dev', 'timed out', 0, getdate() - interval '3 hours', getdate() - interval '2 hours');
    insert into made_up.sys_query_history values
      (1001, 1, 'running', getdate() - interval '3 hours', getdate() - interval '2 hours', 'create temp table x (id int)', 'bi'),
      (1001, 2, 'success', getdate() - interval '3 hours', getdate() - interval '2 hours', 'select 1', 'bi'),
      (1002, 3, 'success', getdate() - interval '50 minutes', getdate() - interval '40 minutes', 'select 1', 'bi'),
      (1002, 4, 'failed', getdate() - interval '55 minutes', getdate() - interval '54 minutes', 'create temp table x (id int)', 'bi'),
      (1005, 5, 'canceled', getdate() - interval '30 minutes', getdate() - interval '20 minutes', 'select 1', 'IAM:gone'),
      (1006, 6, 'running', getdate() - interval '30 minutes', getdate(), 'select 1', 'bi'),
      (1007, 7, 'queued', getdate() - interval '3 minutes', null, 'select 1', 'bi'),
      (1008, 8, 'wondering', getdate() - interval '3 minutes', getdate(), 'select 1', 'bi'),
      (1009, 9, 'success', getdate() - interval '30 minutes', getdate() - interval '20 minutes', 'select 1', 'bi'),
      (1010, 10, 'success', getdate() - interval '30 minutes', getdate() - interval '20 minutes', 'select 1', 'bi'),
      (1012, 12, 'returning', getdate() - interval '1 minute', null, 'select 1', 'bi');
    insert into made_up.sys_transaction_history values (9, 'committed'), (9, 'committed'), (1, 'rolledback');
    insert into made_up.sys_connection_log values
      (1001, getdate() - interval '90 minutes', '10.0.0.9', 'of an earlier session'),
      (1002, getdate() - interval '60 minutes 1 second', '10.0.0.2', ''),
      (1002, getdate() - interval '59 minutes', '', 'first'), (1002, getdate() - interval '58 minutes', '', 'second');
    insert into made_up.svv_transactions values
      (getdate() - interval '10 minutes', 1002, 'AccessShareLock', 'relation', true),
      (getdate() - interval '10 minutes', 1002, 'AccessExclusiveLock', 'relation', false),
      (getdate() - interval '10 minutes', 1002, 'ExclusiveLock', 'transactionid', true),
      (getdate() - interval '25 minutes', 1010, 'ShareRowExclusiveLock', 'relation', true);
  `;

  it('belongs each row to one session, by time where the pid is not enough', async () => {
    const snapshot = await withMadeUp(VIEWS, () => look());
    const found = Object.fromEntries(snapshot.backends.map((backend) => [backend.identity.pid, backend]));
    expect(snapshot.backends.map(({ identity }) => identity.pid)).toEqual(
      Array.from({ length: 12 }, (_, index) => 1001 + index),
    );
    // What ran under its pid is an earlier session's, the statement that never came to its end included.
    expect(found[1001]).toMatchObject({ activity: 'idle', application: '', clientHost: '', tempTables: false });
    expect(found[1001]?.lastActiveAt).toBe(found[1001]?.identity.startedAt);
    expect(found[1002]).toMatchObject({
      identity: { user: 'bi' },
      activity: 'idle-in-transaction',
      application: 'second',
      clientHost: '10.0.0.2',
      tempTables: true,
      serverTimeoutSeconds: 3600,
    });
    expect(found[1002]?.idleSeconds).toSatisfy(isAbout(600));
    expect(found[1003]).toMatchObject({ superuser: true, system: false, identity: { user: 'IAMR:admin' } });
    expect(found[1004]).toMatchObject({ superuser: true, system: true });
    // Whom PG_USER does not know has the name of the log, or none, and is left alone.
    expect(found[1005]).toMatchObject({ activity: 'unknown', identity: { user: 'IAM:gone' } });
    expect(found[1011]).toMatchObject({ activity: 'unknown', identity: { user: 'user id 999' } });
    expect([1006, 1007, 1008, 1012].map((pid) => found[pid]?.activity)).toEqual([
      'running',
      'running',
      'running',
      'running',
    ]);
    expect(found[1010]?.activity).toBe('idle-in-transaction-holding-locks');
    // Others' transactions show, the asking one does not. 1002's began after its newest logged end, 1010's before it.
    expect([1001, 1002, 1009, 1010].map((pid) => found[pid]?.evidence.confidence)).toEqual([
      'medium',
      'low',
      'medium',
      'high',
    ]);
  });

  it('lowers its confidence where open transactions cannot be told: the asking session finds nobody’s', async () => {
    const { backends } = await withMadeUp(`${VIEWS} delete from made_up.svv_transactions;`, () => look());
    const found = Object.fromEntries(backends.map(({ identity, evidence }) => [identity.pid, evidence]));
    // 1009's newest transaction is known to have ended; of 1001 and 1002 nothing is known; 1005's user is not; 1006 runs.
    expect([1001, 1002, 1005, 1006, 1009].map((pid) => found[pid]?.confidence)).toEqual([
      'low',
      'low',
      'low',
      'high',
      'medium',
    ]);
    expect(found[1009]?.sources).toEqual(['SYS_SESSION_HISTORY', 'SYS_QUERY_HISTORY', 'SYS_TRANSACTION_HISTORY']);
  });
});

describe('the guarded statement of a workgroup on a real server', () => {
  it('ends the victims, and nobody who is not exactly one, who runs a statement, or who asks', async () => {
    const idle = await open('bi', 'idle');
    const odd = await open(ODD_USER, 'odd');
    const inside = await open('bi', 'in transaction');
    await inside.query('begin; select count(*) from pg_class');
    const other = await open('bi', 'no victim');
    const busy = await open('bi', 'busy');
    const [idlePid, oddPid, insidePid, otherPid, busyPid] = [
      await pidOf(idle),
      await pidOf(odd),
      await pidOf(inside),
      await pidOf(other),
      await pidOf(busy),
    ];
    const running = busy.query('select pg_sleep(20)').catch((error: unknown) => error);
    await expect.poll(async () => (await lookAt(busyPid))?.activity).toBe('running');
    const { backends, canary } = await look();
    const identityOf = (pid: number) => {
      const identity = backends.find((backend) => backend.identity.pid === pid)?.identity;
      return identity ?? { target: 'local', pid, startedAt: '2000-01-01T00:00:00Z', user: 'nobody' };
    };

    const signalled = await end([
      { ...identityOf(otherPid), startedAt: '2020-01-01T00:00:00Z' },
      { ...identityOf(otherPid), user: 'awsuser' },
      { ...identityOf(otherPid), user: `x|${otherPid}@` },
      ...Array.from({ length: 2_000 }, (_, index) => ({ ...identityOf(otherPid), pid: 5_000_000 + index })),
      ...[idlePid, oddPid, insidePid, busyPid, canary.ownPid].map(identityOf),
      ...backends.filter(({ system }) => system).map(({ identity }) => identity),
    ]);

    const ended = [idlePid, oddPid, insidePid];
    expect(signalled.map(({ pid }) => pid).sort()).toEqual(ended.sort());
    expect(signalled).toContainEqual(identityOf(oddPid));
    await expect
      .poll(async () =>
        (await look()).backends.map(({ identity }) => identity.pid).filter((pid) => ended.includes(pid)),
      )
      .toEqual([]);
    const left = (await look()).backends.map(({ identity }) => identity.pid);
    expect(left).toEqual(expect.arrayContaining([otherPid, busyPid, canary.ownPid]));
    await admin.query('select pg_cancel_backend($1)', [busyPid]);
    await running;
  });

  it('spares whose transaction began after the newest logged end: its statement may run and not be logged yet', async () => {
    const idle = await open('bi', 'idle');
    const idlePid = await pidOf(idle);
    const victim = (await lookAt(idlePid))?.identity;
    if (victim === undefined) throw new Error('Expected the session to be seen.');
    const transactionOf = (pid: number | null) =>
      `create table made_up.svv_transactions as select cast(${pid} as int) as pid, getdate() + interval '1 second' as txn_start;`;
    expect(await withMadeUp(transactionOf(idlePid), () => end([victim]))).toEqual([]);
    // Neither is it disarmed by a NULL, nor by others' transactions.
    expect(await withMadeUp(transactionOf(null), () => end([victim]))).toEqual([victim]);
  });
});

describe('the session history query of a workgroup on a real server', () => {
  it('has the ended and the living, with what their clients said, but not the platform and not the one that asks', async () => {
    const history = async (seconds: number) => {
      const sql = rewriteRedshiftSql(SERVERLESS_HISTORY_SQL).replaceAll(':seconds', '$1');
      return readRedshiftHistory((await admin.query(sql, [String(seconds)])).rows, 'local').sessions;
    };
    const gone = await open('bi', 'Tableau');
    const gonePid = await pidOf(gone);
    await gone.end();
    const therePid = await pidOf(await open(ODD_USER, 'DBeaver', 'cluster'));
    const find = async (pid: number) => (await history(3600)).find((session) => session.pid === pid);
    await expect.poll(async () => (await find(gonePid))?.endedAt ?? null).not.toBeNull();
    expect(await find(gonePid)).toMatchObject({ user: 'bi', database: 'dev', application: 'Tableau', driver: '' });
    const living = await find(therePid);
    expect(living).toMatchObject({ application: 'DBeaver', endedAt: null, clientHost: '127.0.0.1' });
    expect((await lookAt(therePid))?.identity).toEqual({
      target: 'local',
      pid: living?.pid,
      startedAt: living?.startedAt,
      user: ODD_USER,
    });
    const users = new Set((await history(3600)).map(({ user }) => user));
    expect(users.has('rdsdb')).toBe(false);
    expect(await find(await pidOf(admin))).toBeUndefined();
    await clock.advance(2 * 3_600_000);
    expect(await find(gonePid)).toBeUndefined();
  });
});
