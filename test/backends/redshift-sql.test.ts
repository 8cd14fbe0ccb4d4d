import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RedshiftServer } from '../../local/redshift/redshift-server.ts';
import { rewriteRedshiftSql } from '../../local/redshift/rewrite-redshift-sql.ts';
import { startRedshift } from '../../local/redshift/start-redshift.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import type { BackendIdentity } from '../../src/backends/backend-identity.ts';
import { readRedshiftSnapshot } from '../../src/backends/read-redshift-snapshot.ts';
import { readSignalled } from '../../src/backends/read-signalled.ts';
import { REDSHIFT_SESSION_SQL } from '../../src/backends/redshift-session-sql.ts';
import { redshiftTermination } from '../../src/backends/redshift-termination.ts';

const ODD_USER = `o'dd|"@${'é'}user`;

let server: RedshiftServer;
let clock: VirtualClock;
let admin: pg.Client;
const clients: pg.Client[] = [];

async function open(user: string, applicationName: string): Promise<pg.Client> {
  const client = await server.connect({ user, database: 'dev', applicationName });
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
  const { rows } = await client.query(rewriteRedshiftSql(REDSHIFT_SESSION_SQL));
  return readRedshiftSnapshot(rows, 'local');
}

async function end(victims: readonly BackendIdentity[]) {
  const { sql, parameters } = redshiftTermination(victims);
  const names = Object.keys(parameters);
  const numbered = rewriteRedshiftSql(sql).replace(/:(victims_[0-9a-f])/g, (_, name) => `$${names.indexOf(name) + 1}`);
  const { rows } = await admin.query(numbered, Object.values(parameters));
  return readSignalled(rows, 'local');
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

describe('the session query on a real server', () => {
  it('tells what every session does, and since when it does nothing', async () => {
    const bi = await open('bi', 'dashboard');
    await bi.query('select 1');
    const odd = await open(ODD_USER, '');
    const reader = await open('bi', 'reader');
    await reader.query('begin; select count(*) from pg_class');
    const loader = await open('awsuser', 'loader');
    await loader.query('begin');
    await loader.query('insert into loads values (1)');
    const busy = await open('bi', 'busy');
    const [biPid, oddPid, readerPid, loaderPid, busyPid] = [
      await pidOf(bi),
      await pidOf(odd),
      await pidOf(reader),
      await pidOf(loader),
      await pidOf(busy),
    ];
    const running = busy.query('select pg_sleep(20)').catch((error: unknown) => error);
    await clock.advance(31 * 60_000);
    await expect.poll(async () => (await look()).backends.filter((one) => one.activity === 'running').length).toBe(2);

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
    });
    expect(byPid.get(biPid)?.idleSeconds).toBeGreaterThanOrEqual(31 * 60 - 1);
    expect(byPid.get(biPid)?.idleSeconds).toBeLessThan(32 * 60);
    expect(byPid.get(oddPid)?.identity.user).toBe(ODD_USER);
    expect(byPid.get(readerPid)?.activity).toBe('idle-in-transaction');
    expect(byPid.get(loaderPid)).toMatchObject({ activity: 'idle-in-transaction-holding-locks', superuser: true });
    expect(byPid.get(busyPid)).toMatchObject({ activity: 'running', idleSeconds: 0 });
    expect(snapshot.backends.filter((backend) => backend.own).map((backend) => backend.identity.pid)).toEqual([
      snapshot.canary.ownPid,
    ]);
    expect(new Set(snapshot.backends.map((backend) => backend.identity.pid)).size).toBe(snapshot.backends.length);

    const before = byPid.get(biPid);
    await clock.advance(60_000);
    const later = (await look()).backends.find((backend) => backend.identity.pid === biPid);
    expect(later?.lastActiveAt).toBe(before?.lastActiveAt);
    expect(later?.identity).toEqual(before?.identity);
    await admin.query('select pg_cancel_backend($1)', [busyPid]);
    await running;
  });

  it('knows who has made a temporary table, and how far each can be believed', async () => {
    const making = await open('bi', 'making');
    const never = await open('bi', 'never used');
    const open_ = await open('bi', 'in transaction');
    const pids = [await pidOf(making), await pidOf(open_)];
    await making.query('create temp table scratch (id int)');
    await open_.query('begin');
    const { backends } = await look();
    const [made, inside] = pids.map((pid) => backends.find((backend) => backend.identity.pid === pid));
    expect(made).toMatchObject({
      tempTables: true,
      evidence: { confidence: 'high', sources: ['STV_SESSIONS', 'SVL_STATEMENTTEXT'] },
    });
    expect(inside).toMatchObject({
      tempTables: false,
      evidence: { confidence: 'high', sources: ['STV_SESSIONS', 'SVL_STATEMENTTEXT', 'SVV_TRANSACTIONS'] },
    });
    const unused = backends.find((backend) => backend.application === 'never used');
    expect(unused?.evidence).toEqual({ confidence: 'medium', sources: ['STV_SESSIONS'] });
    await never.end();
  });

  it('finds the whole names of a user and a database that are shown cut, and ends by what is shown', async () => {
    // 60 bytes, cut after 50; 61 bytes, cut within a character after 49; and a database of 61.
    const [even, odd, database] = [`${'ü'.repeat(29)}zz`, `x${'ü'.repeat(30)}`, `d${'é'.repeat(30)}`];
    await admin.query(`create user "${even}"; create user "${odd}"`);
    await admin.query(`create database "${database}"`);
    const client = await open(even, 'long');
    const other = await open(odd, 'longer');
    const elsewhere = await server.connect({ user: odd, database, applicationName: 'long database' });
    const pids = [await pidOf(client), await pidOf(other), await pidOf(elsewhere)];
    const { backends } = await look();
    const [one, two, three] = pids.map((pid) => backends.find(({ identity }) => identity.pid === pid));
    expect(one).toMatchObject({
      identity: { user: 'ü'.repeat(25) },
      wholeUser: even,
      superuser: false,
      evidence: { sources: expect.arrayContaining(['PG_USER (whole name of the user)']) },
    });
    expect(two).toMatchObject({ identity: { user: `x${'ü'.repeat(24)}` }, wholeUser: odd, database: 'dev' });
    expect(three).toMatchObject({
      database,
      evidence: { sources: expect.arrayContaining(['PG_DATABASE (whole name of the database)']) },
    });
    expect(backends.find(({ identity }) => identity.user === 'awsuser')).not.toHaveProperty('wholeUser');
    await elsewhere.end();

    // A second name that is shown alike: neither is believed, and the one session is still ended by what is shown.
    await admin.query(`create user "${'ü'.repeat(28)}y" superuser`);
    const again = (await look()).backends.find(({ identity }) => identity.pid === pids[0]);
    expect(again).not.toHaveProperty('wholeUser');
    expect(again).toMatchObject({
      identity: one?.identity,
      superuser: true,
      evidence: { sources: expect.arrayContaining(['STV_SESSIONS (name of the user cut)']) },
    });
    const signalled = await end(again === undefined ? [] : [again.identity]);
    expect(signalled).toEqual([one?.identity]);
  });

  it('lets a user with the log of all see everyone, and says that it may not end others', async () => {
    await admin.query(rewriteRedshiftSql('create user auditor password disable syslog access unrestricted'));
    await admin.query('grant select on stl_connection_log to auditor');
    const auditor = await open('auditor', 'look only');
    const seen = await look(auditor);
    expect(seen.canary).toMatchObject({ seesEveryone: true, mayEndOthers: false, ownSessionSeen: true });
    expect(seen.backends.length).toBe((await look()).backends.length);
  });

  it('does not let a user without the grants take its own session for all', async () => {
    const bi = await open('bi', 'blind');
    await expect(look(bi)).rejects.toThrow(/permission denied/);
  });
});

describe('the session query on rows that a server cannot be made to show', () => {
  const VIEWS = `
    create schema made_up;
    create table made_up.stv_sessions (starttime timestamp, process int, user_name char(50), db_name char(50), timeout_sec int);
    create table made_up.stv_inflight (userid int, pid int);
    create table made_up.stv_recents (status char(20), pid int);
    create table made_up.svl_statementtext (userid int, pid int, sequence int, endtime timestamp, text char(200));
    create table made_up.svv_transactions
      (txn_start timestamp, pid int, lock_mode text, lockable_object_type text, granted boolean);
    create table made_up.stl_connection_log
      (event char(50), recordtime timestamp, remotehost char(45), pid int, application_name char(250));
    create table made_up.svv_user_info (user_name text, syslog_access text);
    create table made_up.pg_user (usename name, usesysid int, usesuper boolean);
    insert into made_up.pg_user values ('awsuser', 100, true), ('bi', 101, false), ('rdsdb', 1, true),
      (repeat('a', 60), 102, true), (repeat('a', 58), 103, false), ('IAM:root', 104, true), (repeat('b', 55), 105, false),
      (repeat('c', 50), 106, false), (repeat('c', 51), 107, false), (repeat('d', 48), 108, false);
    insert into made_up.stv_sessions
      select date_trunc('second', getdate()) - interval '1 hour', pid, name, 'dev', 0
      from (values (1001, 'bi'), (1002, 'bi'), (1003, repeat('a', 50)), (1004, 'rdsdb'), (1005, 'IAM:gone'), (1006, 'bi'),
        (1007, 'bi'), (1008, 'bi'), (1009, 'bi'), (1010, 'IAM:awsuser'), (1011, 'IAMA:awsuser:admins'), (1012, 'IAM:bi'),
        (1013, 'IAMR:awsuser'), (1014, 'IAM:root'), (1015, 'IAM:' || repeat('b', 46)), (1016, repeat('c', 50)),
        (1017, repeat('d', 48)), (1018, 'IAMA:x:' || repeat('g', 43))) as s (pid, name);
    insert into made_up.stv_inflight values (100, null);
    insert into made_up.stv_recents values ('Done', -1), ('Done', 1001), ('Running', 1006), ('Running', null), (null, null);
    insert into made_up.svl_statementtext values
      (100, 1001, 0, getdate() - interval '3 hours'), (100, 1001, 0, getdate() - interval '2 hours'),
      (100, 1002, 0, getdate() - interval '2 hours'), (100, 1002, 0, getdate() - interval '40 minutes'),
      (100, 1002, 1, getdate() - interval '1 minute'), (1, 1002, 0, getdate() - interval '1 minute'),
      (100, 1007, 0, getdate() + interval '1 hour');
    insert into made_up.svv_transactions values
      (getdate() - interval '10 minutes', 1002, 'AccessShareLock', 'relation', true),
      (getdate() - interval '10 minutes', 1002, 'AccessExclusiveLock', 'relation', false),
      (getdate() - interval '10 minutes', 1002, 'ExclusiveLock', 'transactionid', true),
      (getdate() - interval '10 minutes', 1008, 'ShareRowExclusiveLock', 'relation', true),
      (getdate() - interval '10 minutes', 1008, 'ExclusiveLock', 'transactionid', true),
      (getdate() - interval '5 hours', 1009, 'ExclusiveLock', 'transactionid', true);
    insert into made_up.stl_connection_log values
      ('disconnecting session', getdate() - interval '90 minutes', '10.0.0.9', 1001, 'of an earlier session'),
      ('initiating session', getdate() - interval '60 minutes 1 second', '10.0.0.2', 1002, ''),
      ('set application_name', getdate() - interval '59 minutes', '', 1002, 'first'),
      ('set application_name', getdate() - interval '58 minutes', '', 1002, 'second');
  `;

  it('belongs each row to one session, by time where the pid is not enough', async () => {
    await admin.query(VIEWS);
    await admin.query('set search_path = made_up, public, pg_catalog');
    const snapshot = await look().finally(() => admin.query('reset search_path; drop schema made_up cascade'));
    const found = Object.fromEntries(snapshot.backends.map((backend) => [backend.identity.pid, backend]));

    expect(snapshot.backends.map((backend) => backend.identity.pid)).toEqual([
      1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018,
    ]);
    // Of the names that may have been cut: one that two users can be, one behind a prefix, one that is also a whole name
    // itself, one that is too short for another to be cut to it, one whose groups no catalog has.
    const nameOf = (pid: number) => [found[pid]?.wholeUser, found[pid]?.evidence.sources.at(-1)];
    expect([1003, 1015, 1016, 1017, 1018].map(nameOf)).toEqual([
      [undefined, 'STV_SESSIONS (name of the user cut)'],
      [`IAM:${'b'.repeat(55)}`, 'PG_USER (whole name of the user)'],
      [undefined, 'STV_SESSIONS (name of the user cut)'],
      [undefined, 'STV_SESSIONS'],
      [undefined, 'STV_SESSIONS (name of the user cut)'],
    ]);
    // Only statements of an earlier session with the same pid: idle since its own start, and no application of that one.
    expect(found[1001]).toMatchObject({ activity: 'idle', application: '', clientHost: '' });
    expect(found[1001]?.idleSeconds).toSatisfy(isAbout(3600));
    expect(found[1001]?.lastActiveAt).toBe(found[1001]?.identity.startedAt);
    // The transaction began after the newest logged end, which is written with delay.
    expect(found[1002]).toMatchObject({
      activity: 'idle-in-transaction',
      application: 'second',
      clientHost: '10.0.0.2',
    });
    expect(found[1002]?.idleSeconds).toSatisfy(isAbout(600));
    expect([1001, 1002, 1008].map((pid) => found[pid]?.evidence.confidence)).toEqual(['medium', 'low', 'low']);
    expect(found[1003]).toMatchObject({ superuser: true, system: false });
    expect(found[1004]).toMatchObject({ superuser: true, system: true });
    expect(found[1005]).toMatchObject({ superuser: false, activity: 'idle' });
    // Temporary credentials put a prefix before the name, and groups behind it: such a superuser is one all the same.
    expect([1010, 1011, 1012, 1013, 1014].map((pid) => found[pid]?.superuser)).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    expect(found[1006]).toMatchObject({ activity: 'running', idleSeconds: 0 });
    expect(found[1007]?.activity).toBe('unknown');
    expect(found[1008]?.activity).toBe('idle-in-transaction-holding-locks');
    expect(found[1009]?.activity).toBe('unknown');
    expect(snapshot.canary).toMatchObject({ seesEveryone: true, ownSessionSeen: false });
  });
});

/** Views read the clock themselves, each at its own moment of the same statement. */
function isAbout(seconds: number): (measured: number) => boolean {
  return (measured) => measured >= seconds && measured < seconds + 5;
}

describe('the guarded statement on a real server', () => {
  it('ends the victims, and nobody who is not exactly one, who runs a statement, or who asks', async () => {
    const idle = await open('bi', 'idle');
    const odd = await open(ODD_USER, 'odd');
    const other = await open('bi', 'no victim');
    const busy = await open('bi', 'busy');
    const [idlePid, oddPid, otherPid, busyPid] = [
      await pidOf(idle),
      await pidOf(odd),
      await pidOf(other),
      await pidOf(busy),
    ];
    const running = busy.query('select pg_sleep(20)').catch((error: unknown) => error);
    await expect
      .poll(async () => (await look()).backends.find((one) => one.identity.pid === busyPid)?.activity)
      .toBe('running');
    const { backends, canary } = await look();
    const identityOf = (pid: number) => {
      const identity = backends.find((backend) => backend.identity.pid === pid)?.identity;
      return identity ?? { target: 'local', pid, startedAt: '2000-01-01T00:00:00Z', user: 'nobody' };
    };
    const strangers = [
      { ...identityOf(otherPid), startedAt: '2020-01-01T00:00:00Z' },
      { ...identityOf(otherPid), user: 'awsuser' },
      { ...identityOf(otherPid), user: `x|${otherPid}@` },
    ];

    const signalled = await end([
      ...strangers,
      ...Array.from({ length: 2_000 }, (_, index) => ({ ...identityOf(otherPid), pid: 5_000_000 + index })),
      identityOf(idlePid),
      identityOf(oddPid),
      identityOf(busyPid),
      identityOf(canary.ownPid),
      ...backends.filter((backend) => backend.system).map((backend) => backend.identity),
    ]);

    expect(signalled.map((identity) => identity.pid).sort()).toEqual([idlePid, oddPid].sort());
    expect(signalled).toContainEqual(identityOf(oddPid));
    await expect
      .poll(async () =>
        (await look()).backends
          .map((backend) => backend.identity.pid)
          .filter((pid) => pid === idlePid || pid === oddPid),
      )
      .toEqual([]);
    const left = (await look()).backends.map((backend) => backend.identity.pid);
    expect(left).toEqual(expect.arrayContaining([otherPid, busyPid, canary.ownPid]));
    await admin.query('select pg_cancel_backend($1)', [busyPid]);
    await running;
  });

  it('is not disarmed by a NULL among the running ones', async () => {
    const idle = await open('bi', 'idle');
    const idlePid = await pidOf(idle);
    const victims = (await look()).backends.map((one) => one.identity).filter(({ pid }) => pid === idlePid);
    await admin.query(`
      create schema made_up;
      create table made_up.stv_inflight as select cast(null as int) as pid;
      create table made_up.stv_recents as select cast(null as char(20)) as status, cast(null as int) as pid;
      set search_path = made_up, public, pg_catalog`);
    const signalled = await end(victims).finally(() => admin.query('reset search_path; drop schema made_up cascade'));
    expect(signalled).toEqual(victims);
    expect(victims).toHaveLength(1);
  });
});
