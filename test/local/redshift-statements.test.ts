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
let alicePid: number;

async function rowsOf<Row extends object>(client: pg.Client, sql: string, values: unknown[] = []): Promise<Row[]> {
  return (await client.query<Row>(rewriteRedshiftSql(sql), values)).rows;
}

beforeAll(async () => {
  redshift = await startRedshift({ port: 0, clock, maxConnections: 12 });
  admin = await redshift.connect({ user: 'awsuser', database: 'dev' });
  await admin.query('create user alice; create user bob; create table orders (id int); grant all on orders to alice');
  alice = await redshift.connect({ user: 'alice', database: 'dev' });
  const [row] = await rowsOf<{ pid: number }>(alice, 'select pg_backend_pid() as pid');
  alicePid = row?.pid ?? 0;
});

afterAll(async () => {
  await redshift?.stop();
});

/** Runs a statement of alice's until a row lock that admin holds is given back; `look` sees it running. */
async function whileRunning(sql: string, look: () => Promise<void>): Promise<void> {
  await admin.query('begin; select pg_advisory_lock(1)');
  const running = alice.query(sql);
  const starts = async (): Promise<boolean> =>
    (await rowsOf(admin, "select 1 from pg_locks where locktype = 'advisory' and not granted")).length === 1;
  try {
    expect(await waitUntil(starts, 5000)).toBe(true);
    await look();
  } finally {
    await admin.query('select pg_advisory_unlock(1); commit');
    await running;
  }
}

const WAIT = 'pg_advisory_xact_lock(1)';
const inflight = (): Promise<object[]> =>
  rowsOf(admin, 'select trim(text) as text from stv_inflight where pid = $1', [alicePid]);
const recents = (): Promise<object[]> =>
  rowsOf(
    admin,
    "select trim(query) as query, trim(user_name) as who from stv_recents where pid = $1 and status = 'Running'",
    [alicePid],
  );

describe('running statements', () => {
  it('are in stv_inflight and stv_recents when they read a table', async () => {
    const sql = `select id, ${WAIT} from orders`;
    await admin.query('insert into orders values (1)');
    await whileRunning(sql, async () => {
      expect(await inflight()).toEqual([{ text: sql }]);
      expect(await recents()).toEqual([{ query: sql, who: 'alice' }]);
    });
    expect(await inflight()).toEqual([]);
  });

  it('are in stv_recents alone when only the leader node works, system views included', async () => {
    const sql = `select ${WAIT}, count(*) from stv_sessions`;
    await whileRunning(sql, async () => {
      expect(await inflight()).toEqual([]);
      expect(await recents()).toEqual([{ query: sql, who: 'alice' }]);
      const [row] = await rowsOf<{ status: string }>(
        admin,
        'select trim(status) as status, end_time from sys_query_history where session_id = $1',
        [alicePid],
      );
      // As in the page's first example, a running statement has an end: the present moment.
      expect(row).toEqual({ status: 'running', end_time: expect.any(Date) });
    });
  });

  it('never show the sessions of others to an ordinary user', async () => {
    const bob = await redshift.connect({ user: 'bob', database: 'dev' });
    await whileRunning(`select ${WAIT} from orders`, async () => {
      for (const view of [
        'stv_inflight',
        'stv_recents',
        'svl_statementtext',
        'svv_transactions',
        'sys_query_history',
      ]) {
        const rows = await rowsOf<Record<string, unknown>>(bob, `select * from ${view}`);
        expect(JSON.stringify(rows)).not.toContain('orders');
      }
    });
    await bob.end();
  });
});

describe('ended statements', () => {
  it('have pid -1 in stv_recents', async () => {
    await alice.query("select 'done' as x");
    expect(
      await rowsOf(admin, "select pid, trim(status) as status from stv_recents where query like 'select ''done''%'"),
    ).toEqual([{ pid: -1, status: 'Done' }]);
  });

  it('are in svl_statementtext in pieces of 200 characters, line breaks written as \\n', async () => {
    await alice.query(`select 1 as a,\n ${Array.from({ length: 60 }, (_, i) => `${i} as c${i}`).join(', ')}`);
    const rows = await rowsOf<{ sequence: number; text: string; ok: boolean }>(
      admin,
      'select sequence, text, endtime >= starttime as ok from svl_statementtext where pid = $1 order by sequence',
      [alicePid],
    );
    expect(rows.map((row) => row.sequence)).toEqual(rows.map((_, index) => index));
    expect(rows.length).toBeGreaterThan(2);
    expect(rows[0]?.text).toHaveLength(200);
    expect(rows[0]?.text.startsWith('select 1 as a,\\n 0 as c0')).toBe(true);
    expect(rows.every((row) => row.ok)).toBe(true);
  });

  it('say nothing of a session that has run none yet', async () => {
    const fresh = await redshift.connect({ user: 'alice', database: 'dev' });
    const pids = await rowsOf<{ process: number }>(
      admin,
      `select s.process, t.pid from stv_sessions s left join svl_statementtext t on t.pid = s.process and t.endtime >= s.starttime
       where trim(s.user_name) = 'alice' and t.pid is null`,
    );
    expect(pids).toHaveLength(1);
    await fresh.end();
  });

  it('give the idle time of a session, by the recipe of four views, on the virtual clock', async () => {
    await alice.query('select 1');
    await clock.advance(45 * 60_000);
    const idle = await rowsOf<{ process: number; idle: string }>(
      admin,
      `select s.process, datediff(second, nvl(max(t.endtime), max(s.starttime)), getdate()) as idle
       from stv_sessions s
       join pg_user u on trim(s.user_name) = u.usename and u.usesysid > 1
       left join svl_statementtext t on t.pid = s.process and t.userid > 1 and t.sequence = 0 and t.endtime >= s.starttime
       where s.process not in (select pid from stv_inflight)
         and s.process not in (select pid from stv_recents where status <> 'Done')
       group by s.process`,
    );
    expect(idle.map((row) => row.process)).toEqual([alicePid]);
    expect(Number(idle[0]?.idle)).toBeGreaterThanOrEqual(45 * 60);
    expect(Number(idle[0]?.idle)).toBeLessThan(46 * 60);
  });
});

describe('open transactions', () => {
  it('show in svv_transactions with what they have locked, and end there with the transaction', async () => {
    const transactions = (client: pg.Client): Promise<object[]> =>
      rowsOf(
        client,
        `select txn_owner, lock_mode, lockable_object_type as kind, relation = 'orders'::regclass::int as orders, granted
         from svv_transactions where pid = ${alicePid} order by lockable_object_type`,
      );
    expect(await transactions(admin)).toEqual([]);
    await alice.query('begin; insert into orders values (2)');
    const expected = [
      { txn_owner: 'alice', lock_mode: 'RowExclusiveLock', kind: 'relation', orders: true, granted: true },
      { txn_owner: 'alice', lock_mode: 'ExclusiveLock', kind: 'transactionid', orders: null, granted: true },
    ];
    expect(await transactions(admin)).toEqual(expected);
    const locks = await rowsOf(
      admin,
      "select table_id = 'orders'::regclass::int as orders, lock_owner_pid::int as pid, trim(lock_status) as status from stv_locks",
    );
    expect(locks).toEqual([{ orders: true, pid: alicePid, status: 'Holding insert lock' }]);
    // The number of a transaction is the same wherever it shows.
    expect(
      await rowsOf(
        admin,
        'select 1 from stv_locks l join svv_transactions t on t.xid = l.lock_owner and t.pid = l.lock_owner_pid',
      ),
    ).not.toEqual([]);
    await alice.query('rollback');
    expect(await transactions(admin)).toEqual([]);
  });

  it('show one that waits for a lock as not granted', async () => {
    await admin.query('begin; lock table orders');
    const waiting = alice.query('select * from orders');
    const waits = async (): Promise<boolean> =>
      (await rowsOf(admin, 'select 1 from svv_transactions where pid = $1 and not granted', [alicePid])).length === 1;
    expect(await waitUntil(waits, 5000)).toBe(true);
    await admin.query('rollback');
    await waiting;
  });

  it('show one that has only begun', async () => {
    await alice.query('begin');
    expect(
      await rowsOf(admin, 'select lockable_object_type as kind from svv_transactions where pid = $1', [alicePid]),
    ).toEqual([{ kind: 'transactionid' }]);
    await alice.query('end');
  });
});
