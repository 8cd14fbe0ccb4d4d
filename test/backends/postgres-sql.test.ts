import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Backend } from '../../src/backends/backend.ts';
import { POSTGRES_SESSION_SQL } from '../../src/backends/postgres-session-sql.ts';
import { postgresTermination, readPostgresSignalled } from '../../src/backends/postgres-termination.ts';
import { readPostgresSnapshot } from '../../src/backends/read-postgres-snapshot.ts';
import type { DirectWarehouse } from '../../src/warehouse/direct-warehouse.ts';
import { connectPostgres } from '../../src/warehouse/postgres-direct-warehouse.ts';
import { until } from '../pipeline/until.ts';
import { examplePostgresTarget } from '../support/example-postgres-target.ts';
import { type PlainPostgres, startPlainPostgres } from '../support/start-plain-postgres.ts';

let server: PlainPostgres;

beforeAll(async () => {
  server = await startPlainPostgres({
    settings: ['idle_in_transaction_session_timeout=10min', 'wal_level=replica', 'max_wal_senders=2'],
    setup: [
      'create role watcher login',
      'grant pg_monitor, pg_signal_backend to watcher',
      'create role blind login',
      'create role looker login',
      'grant pg_monitor to looker',
      'create role app login',
      "alter role app set idle_session_timeout = '5min'",
      'create role boss superuser login',
      'create role replicator login replication',
      'create table public.orders (id int primary key, state text)',
      "insert into public.orders values (1, 'new'), (2, 'new')",
      'grant all on public.orders to app',
    ],
  });
}, 60_000);

afterAll(async () => {
  await server?.stop();
});

async function openAs(user: string): Promise<DirectWarehouse> {
  const target = examplePostgresTarget({ port: server.port, user });
  const warehouse = await connectPostgres({ target, password: '', ca: null });
  onTestFinished(() => warehouse.close());
  return warehouse;
}

async function look(user = 'watcher') {
  const warehouse = await openAs(user);
  return readPostgresSnapshot(await warehouse.query(POSTGRES_SESSION_SQL, []), 'orders');
}

/** A client's session with its pid; closed with the test. */
async function session(user: string, application: string): Promise<pg.Client & { pid: number }> {
  const client = await server.connect({ user, application });
  onTestFinished(() => client.end().catch(() => undefined));
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return Object.assign(client, { pid: Number(rows[0].pid) });
}

async function backendOf(pid: number): Promise<Backend> {
  const found = (await look()).backends.find(({ identity }) => identity.pid === pid);
  if (found === undefined) {
    throw new Error(`Expected pid ${pid} among the sessions.`);
  }
  return found;
}

const isWaiting = async (pid: number) => {
  const { rows } = await server.admin.query('select wait_event_type from pg_stat_activity where pid = $1', [pid]);
  return rows[0]?.wait_event_type;
};

const victimOf = ({ identity, lastActiveAt }: Backend) => ({ ...identity, lastActiveAt });

describe('the session query of PostgreSQL', () => {
  it('tells the classes of idle sessions apart', async () => {
    const [idle, open, locking, aborted] = await Promise.all(
      ['idle', 'open', 'locking', 'aborted'].map((application) => session('app', application)),
    );
    await open?.query('begin');
    await open?.query('select * from public.orders');
    await locking?.query('begin');
    await locking?.query("update public.orders set state = 'paid' where id = 1");
    await aborted?.query('begin');
    await aborted?.query('select 1/0').catch(() => undefined);
    const isTheirs = ({ identity }: Backend) => [idle, open, locking, aborted].some((one) => one?.pid === identity.pid);
    // A client hears of the error before the server is done with the statement.
    const { backends, canary } = await until('nobody runs', async () => {
      const seen = await look();
      return seen.backends.some((one) => isTheirs(one) && one.activity === 'running') ? null : seen;
    });
    const classes = backends
      .filter(isTheirs)
      .map(({ application, activity, evidence, mayEnd }) => [application, activity, evidence.confidence, mayEnd]);
    expect(Object.fromEntries(classes.map(([application, ...rest]) => [application, rest]))).toEqual({
      idle: ['idle', 'high', true],
      open: ['idle-in-transaction', 'high', true],
      locking: ['idle-in-transaction-holding-locks', 'high', true],
      aborted: ['idle-in-transaction-aborted', 'high', true],
    });
    expect(canary).toMatchObject({ seesEveryone: true, mayEndOthers: true, ownSessionSeen: true });
  });

  it('counts who waits for whom, and knows who runs', async () => {
    const [holder, first, second] = await Promise.all(['holder', 'first', 'second'].map((app) => session('app', app)));
    if (holder === undefined || first === undefined || second === undefined) {
      throw new Error('Expected three sessions.');
    }
    await holder.query('begin');
    await holder.query('lock table public.orders in access exclusive mode');
    const waiting = [first, second].map((client) => client.query('select count(*) from public.orders'));
    await expect.poll(() => Promise.all([first, second].map(({ pid }) => isWaiting(pid)))).toEqual(['Lock', 'Lock']);
    expect(await backendOf(holder.pid)).toMatchObject({ blocks: 2, activity: 'idle-in-transaction-holding-locks' });
    expect(await backendOf(first.pid)).toMatchObject({ activity: 'running', blocks: expect.any(Number) });
    await holder.query('rollback');
    await Promise.all(waiting);
  });

  it('knows who waits on purpose: a dump, a listener, who holds an advisory lock', async () => {
    const [dump, listener, leader] = await Promise.all(
      ['pg_dump', 'worker', 'leader'].map((app) => session('app', app)),
    );
    await listener?.query('LISTEN jobs');
    await leader?.query('select pg_advisory_lock(42)');
    const purposes = await Promise.all([dump, listener, leader].map((client) => backendOf(client?.pid ?? 0)));
    expect(purposes.map(({ purpose }) => purpose)).toEqual(['dump', 'listener', 'advisory-lock']);
    await listener?.query('select 1');
    expect((await backendOf(listener?.pid ?? 0)).purpose).toBeUndefined();
  });

  it('tells the timeout that the server has for a session: of its role, of its kind', async () => {
    const [plain, open] = await Promise.all([session('app', 'plain'), session('app', 'open')]);
    await open?.query('begin');
    expect((await backendOf(plain.pid)).serverTimeoutSeconds).toBe(300);
    expect((await backendOf(open.pid)).serverTimeoutSeconds).toBe(600);
    const other = await session('boss', 'boss');
    expect((await backendOf(other.pid)).serverTimeoutSeconds).toBe(0);
  });

  it('does not take the timeout of the asking role for that of others', async () => {
    const other = await session('looker', 'other');
    await server.admin.query("alter role watcher set idle_session_timeout = '9min'");
    onTestFinished(async () => void (await server.admin.query('alter role watcher reset idle_session_timeout')));
    expect((await backendOf(other.pid)).serverTimeoutSeconds).toBe(0);
  });

  it('takes the timeout of a database before that of all roles, as the server does', async () => {
    const ofAll = "alter role all set idle_session_timeout = '3min'";
    const ofDatabase = "alter database postgres set idle_session_timeout = '7min'";
    const other = await session('looker', 'other');
    for (const statements of [
      [ofAll, ofDatabase],
      [ofDatabase, ofAll],
    ]) {
      for (const statement of statements) {
        await server.admin.query(statement);
      }
      const { serverTimeoutSeconds } = await backendOf(other.pid);
      const fresh = await session('looker', 'fresh');
      const { rows } = await fresh.query(
        "select setting::int / 1000 as seconds from pg_settings where name = 'idle_session_timeout'",
      );
      expect(rows).toEqual([{ seconds: 420 }]);
      expect(serverTimeoutSeconds).toBe(420);
      await server.admin.query('alter role all reset idle_session_timeout');
      await server.admin.query('alter database postgres reset idle_session_timeout');
    }
  });

  it('tells superusers apart, whom pg_signal_backend does not end', async () => {
    const boss = await session('boss', 'console');
    expect(await backendOf(boss.pid)).toMatchObject({ superuser: true, mayEnd: false });
    const seen = (await look('postgres')).backends.find(({ identity }) => identity.pid === boss.pid);
    expect(seen).toMatchObject({ superuser: true, mayEnd: true });
  });

  it('is refused by the canary where its user cannot see what others do', async () => {
    await expect(look('blind')).rejects.toMatchObject({
      name: 'CanaryFailed',
      message: expect.stringContaining(
        'GRANT pg_monitor TO "blind"; To end sessions of others as well: GRANT pg_signal_backend TO "blind";',
      ),
    });
  });

  it('may end nobody but its own user without pg_signal_backend', async () => {
    const [mine, theirs] = await Promise.all([session('looker', 'mine'), session('app', 'theirs')]);
    const { canary, backends } = await look('looker');
    expect(canary.mayEndOthers).toBe(false);
    const mayEnd = (pid: number) => backends.find(({ identity }) => identity.pid === pid)?.mayEnd;
    expect([mayEnd(mine.pid), mayEnd(theirs.pid)]).toEqual([true, false]);
  });
});

describe('the guarded statement of PostgreSQL', () => {
  async function end(victims: Parameters<typeof postgresTermination>[0], user = 'watcher') {
    const warehouse = await openAs(user);
    const { sql, parameters } = postgresTermination(victims);
    return readPostgresSignalled(await warehouse.query(sql, parameters), 'orders').map(({ pid }) => pid);
  }

  it('ends whom it was given, whatever the user is called', async () => {
    const name = `o'brien "x" ,é|$1`;
    await server.admin.query(`create role "${name.replaceAll('"', '""')}" login`);
    const [odd, spared] = await Promise.all([session(name, 'odd'), session('app', 'spared')]);
    const victim = await backendOf(odd.pid);
    expect(await end([victimOf(victim)])).toEqual([odd.pid]);
    await expect.poll(async () => (await look()).backends.map(({ identity }) => identity.pid)).not.toContain(odd.pid);
    expect((await look()).backends.map(({ identity }) => identity.pid)).toContain(spared.pid);
  });

  it('spares who was used since, though idle again; who runs; who took over the pid; itself', async () => {
    const [used, running] = await Promise.all([session('app', 'used'), session('app', 'running')]);
    const [usedBefore, runningBefore] = [await backendOf(used.pid), await backendOf(running.pid)];
    await used.query('select 1');
    const sleeping = running.query('select pg_sleep(30)').catch(() => undefined);
    await expect.poll(() => isWaiting(running.pid)).toBe('Timeout');
    const now = await backendOf(used.pid);
    const other = { ...victimOf(now), startedAt: '2026-01-01T00:00:00.000000Z' };
    const someone = { ...victimOf(now), user: 'watcher' };
    expect(await end([victimOf(usedBefore), victimOf(runningBefore), other, someone])).toEqual([]);
    const runningNow = await backendOf(running.pid);
    expect(await end([victimOf(runningNow)])).toEqual([]);
    await server.admin.query('select pg_cancel_backend($1)', [running.pid]);
    await sleeping;
    expect(await end([victimOf(now)])).toEqual([used.pid]);
  });

  it('ends the others when one of them is a superuser’s, which it may not end', async () => {
    const [boss, plain] = await Promise.all([session('boss', 'console'), session('app', 'plain')]);
    const victims = [victimOf(await backendOf(boss.pid)), victimOf(await backendOf(plain.pid))];
    expect(await end(victims)).toEqual([plain.pid]);
    expect((await backendOf(boss.pid)).activity).toBe('idle');
  });

  it('leaves the server’s own processes alone, walsenders too', async () => {
    const replica = new pg.Client({
      connectionString: `postgres://replicator@127.0.0.1:${server.port}/postgres?replication=database`,
      password: '',
      ssl: false,
    });
    onTestFinished(() => replica.end());
    await replica.connect();
    const { backends } = await look();
    const senders = backends.filter(({ system }) => system);
    expect(senders.map(({ identity }) => identity.user)).toEqual(['replicator']);
    expect(await end(senders.map(victimOf), 'postgres')).toEqual([]);
    const { rows } = await server.admin.query("select pid from pg_stat_activity where backend_type = 'checkpointer'");
    const [own] = backends.filter((backend) => backend.own);
    if (own === undefined) {
      throw new Error('Expected the asking session.');
    }
    expect(await end([{ ...victimOf(own), pid: Number(rows[0].pid) }])).toEqual([]);
  });

  it('takes victims of one target only', () => {
    const victim = {
      target: 'a',
      pid: 1,
      startedAt: '2026-11-20T15:00:00Z',
      user: 'u',
      lastActiveAt: '2026-11-20T15:00:00Z',
    };
    expect(() => postgresTermination([])).toThrow(RangeError);
    expect(() => postgresTermination([victim, { ...victim, target: 'b' }])).toThrow('got 2 of 2 targets');
  });
});
