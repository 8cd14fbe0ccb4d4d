import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
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
  redshift = await startRedshift({ port: 0, clock, maxConnections: 12, reservedConnections: 2 });
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

describe('ending sessions', () => {
  let victim: pg.Client;
  let pid: number;
  beforeEach(async () => {
    victim = await open('bob');
    pid = await pidOf(victim);
  });
  const gone = async (): Promise<boolean> =>
    (await rowsOf(admin, 'select 1 from stv_sessions where process = $1', [pid])).length === 0;

  it("refuses another user's session, also to a member of pg_signal_backend and through a superuser's procedure", async () => {
    await expect(rowsOf(alice, 'select pg_terminate_backend($1)', [pid])).rejects.toThrow('must be superuser');
    await admin.query('grant pg_signal_backend to alice');
    await expect(rowsOf(alice, 'select pg_terminate_backend($1)', [pid])).rejects.toThrow('must be superuser');
    await expect(rowsOf(alice, 'select slotkeeper_terminate_backend($1, 0)', [pid])).rejects.toThrow(
      'permission denied',
    );
    await expect(rowsOf(alice, 'select pg_cancel_backend($1)', [pid])).rejects.toThrow('must be superuser');
    await admin.query(
      `create or replace procedure stop_it(p int) language plpgsql security definer as $$ begin perform pg_terminate_backend(p); end $$`,
    );
    await expect(rowsOf(alice, `call stop_it(${pid})`)).rejects.toThrow('must be superuser');
    expect(await gone()).toBe(false);
    await admin.query('revoke pg_signal_backend from alice');
    await victim.end();
  });

  it('lets a user end their own sessions', async () => {
    expect(await rowsOf(bob, 'select pg_terminate_backend($1) as sent', [pid])).toEqual([{ sent: 1 }]);
    expect(await waitUntil(gone, 5000)).toBe(true);
    await expect(victim.query('select 1')).rejects.toThrow();
  });

  it('lets a superuser end the one session that pid, start and user name, and logs it', async () => {
    const kill = `select process, pg_terminate_backend(process) from stv_sessions
      where process = $1 and starttime = $2 and trim(user_name) = $3 and process <> pg_backend_pid()`;
    const [session] = await rowsOf<{ starttime: string }>(
      admin,
      'select starttime::text from stv_sessions where process = $1',
      [pid],
    );
    expect(await rowsOf(admin, kill, [pid, '2001-01-01 00:00:00', 'bob'])).toEqual([]);
    expect(await rowsOf(admin, kill, [pid, session?.starttime, 'alice'])).toEqual([]);
    expect(await rowsOf(admin, kill, [pid, session?.starttime, 'bob'])).toHaveLength(1);
    expect(await waitUntil(gone, 5000)).toBe(true);
    const logged = async (): Promise<boolean> =>
      (
        await rowsOf(admin, "select 1 from stl_connection_log where pid = $1 and event like 'Terminating backend%'", [
          pid,
        ])
      ).length === 1;
    expect(await waitUntil(logged, 5000)).toBe(true);
    expect(await rowsOf(admin, 'select pg_terminate_backend($1) as sent', [pid])).toEqual([{ sent: 0 }]);
  });

  it('shows within one transaction that a session has gone meanwhile', async () => {
    await admin.query('begin');
    expect(await gone()).toBe(false);
    await rowsOf(admin, 'select pg_terminate_backend($1)', [pid]);
    expect(await waitUntil(gone, 5000)).toBe(true);
    await admin.query('commit');
  });

  it('cancels a running statement but not the session', async () => {
    // Watched from the start: the refusal may come before the one who cancels has its answer.
    const cancelled = expect(victim.query('select pg_sleep(60)')).rejects.toThrow('canceling statement');
    const runs = async (): Promise<boolean> =>
      (await rowsOf(admin, "select 1 from stv_recents where pid = $1 and status = 'Running'", [pid])).length === 1;
    expect(await waitUntil(runs, 5000)).toBe(true);
    await rowsOf(bob, `cancel ${pid} 'enough'`);
    await cancelled;
    await expect(victim.query('select 1 as alive')).resolves.toMatchObject({ rows: [{ alive: 1 }] });
    await expect(rowsOf(admin, 'cancel 2')).rejects.toThrow('Session 2 does not exist.');
    await victim.end();
  });
});

describe("the keeper's session", () => {
  it('can be ended by a superuser as any other, and comes back with the next move of the clock', async () => {
    const keepers = (): Promise<{ process: number }[]> =>
      rowsOf(admin, "select process from stv_sessions where user_name = 'rdsdb'");
    const [first] = await keepers();
    await rowsOf(admin, 'select pg_terminate_backend($1)', [first?.process]);
    // Another session's end that is only now recorded may bring it back at once, as another process.
    const hasGone = async (): Promise<boolean> => (await keepers()).every(({ process }) => process !== first?.process);
    expect(await waitUntil(hasGone, 5000)).toBe(true);
    const [before] = await rowsOf<{ now: Date }>(admin, 'select getdate() as now');
    await clock.advance(3_600_000);
    const [after] = await rowsOf<{ now: Date }>(admin, 'select getdate() as now');
    expect((after?.now.getTime() ?? 0) - (before?.now.getTime() ?? 0)).toBeGreaterThanOrEqual(3_600_000);
    expect(await keepers()).toHaveLength(1);
  });
});

describe('the last slots', () => {
  it('refuses one session more with SQLSTATE 53300 and keeps the reserved slots for superusers', async () => {
    const opened: pg.Client[] = [];
    const fill = async (user: string): Promise<{ code?: string; message: string }> => {
      for (;;) {
        try {
          opened.push(await open(user));
        } catch (error) {
          if (error instanceof Error) return error;
          throw error;
        }
      }
    };
    expect(await fill('alice')).toMatchObject({
      code: '53300',
      message: expect.stringContaining('remaining connection slots are reserved'),
    });
    const used = await rowsOf(admin, "select 1 from stv_sessions where user_name <> 'rdsdb'");
    expect(used).toHaveLength(12 - 2);
    expect(await fill('awsuser')).toMatchObject({ code: '53300', message: 'sorry, too many clients already' });
    // The keeper has a slot of its own, so the clock moves even now.
    await expect(clock.advance(1000)).resolves.toBeUndefined();
    for (const client of opened) await client.end();
  });
});
