import { connect as connectTcp, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { examinePostgres } from '../../src/cli/doctor/examine-postgres.ts';
import { unknown } from '../../src/doctor/fact.ts';
import { createPostgresOpener } from '../../src/warehouse/create-postgres-opener.ts';
import { exampleRule } from '../policy/policy-examples.ts';
import { examplePostgresTarget } from '../support/example-postgres-target.ts';
import { type PlainPostgres, startPlainPostgres } from '../support/start-plain-postgres.ts';

const open = createPostgresOpener(async () => '');

async function examine(port: number, user: string) {
  const target = examplePostgresTarget({
    port,
    user,
    rules: [exampleRule()],
    slots: { limit: 30, reserved: 3, keepFree: 5 },
  });
  const checks = await examinePostgres(
    { open, now: () => new Date(), slots: target.slots, runs: unknown('none') },
    target,
  );
  const by = new Map(checks.map((check) => [check.name, check]));
  return {
    checks,
    verdicts: Object.fromEntries(checks.map(({ name, verdict }) => [name, verdict])),
    foundOf: (name: string) => by.get(name)?.found,
    mendOf: (name: string) => by.get(name)?.mend.map(({ line }) => line),
  };
}

/** Hands everything on, but for the process id of the handshake: as PgBouncer does, the answer names one of its own. */
async function startPooler(port: number): Promise<number> {
  const pooler = createServer((client) => {
    const upstream = connectTcp(port, '127.0.0.1');
    client.pipe(upstream);
    upstream.on('data', (data) => {
      const key = data.indexOf(Buffer.from([0x4b, 0, 0, 0, 12]));
      if (key !== -1) {
        data.writeInt32BE(1_234_567, key + 5);
      }
      client.write(data);
    });
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
    for (const socket of [client, upstream]) {
      socket.on('error', () => socket.destroy());
    }
  });
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void pooler.close());
  const address = pooler.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe.each([14, 18] as const)('doctor on PostgreSQL %i', (version) => {
  let server: PlainPostgres;

  beforeAll(async () => {
    server = await startPlainPostgres({
      version,
      setup: [
        'create role nothing login',
        'create role watcher login',
        'grant pg_monitor to watcher',
        'create role signaller login',
        'grant pg_monitor, pg_signal_backend to signaller',
        'create role app login',
        'create role lead login',
        'grant app to lead',
        'create role aloof login noinherit',
        'grant app, pg_monitor to aloof',
        "alter role app set idle_session_timeout = '5min'",
      ],
    });
    await server.connect({ user: 'app', application: 'pgbouncer' });
  }, 60_000);

  afterAll(async () => {
    await server?.stop();
  });

  it('tells a role without rights what it lacks, and answers every check', async () => {
    const { verdicts, mendOf, foundOf, checks } = await examine(server.port, 'nothing');
    expect(verdicts).toMatchObject({
      connection: 'ok',
      tls: 'ok',
      pooler: 'ok',
      'sees-everyone': 'problem',
      'may-end': 'problem',
      'activity-shown': 'ok',
      slots: 'ok',
      'way-in': 'warning',
      memory: 'cannot-tell',
      clock: 'ok',
    });
    expect(mendOf('sees-everyone')).toEqual(['GRANT pg_monitor TO "nothing";']);
    expect(mendOf('may-end')).toEqual(['GRANT pg_signal_backend TO "nothing";']);
    expect(foundOf('connection')).toContain(`PostgreSQL ${version}.`);
    expect(foundOf('sees-everyone')).toMatch(/of 2 sessions, 2 show their user and nothing else/);
    expect(checks.filter(({ found }) => /could not be asked/.test(found))).toEqual([]);
  });

  it('sees with pg_monitor what others do, and that it may not end it', async () => {
    const { verdicts, foundOf, mendOf } = await examine(server.port, 'watcher');
    expect(verdicts).toMatchObject({ 'sees-everyone': 'ok', 'may-end': 'problem', 'pooled-sessions': 'warning' });
    expect(foundOf('may-end')).toBe("watcher has no pg_signal_backend: 0 of 2 sessions of others, 1 are superusers'");
    expect(mendOf('pooled-sessions')).toEqual(['- { name: pooler, match: { application: "pgbouncer*" }, keep: true }']);
    expect(foundOf('idle-sessions')).toContain('app 5min comes before any rule warns (30m)');
    expect(mendOf('idle-sessions')).toEqual(['ALTER ROLE "app" RESET idle_session_timeout;']);
    expect(foundOf('slots')).toMatch(/^3 of 30 used \(our own with them\), 3 reserved, 24 free: app 1, postgres 1$/);
  });

  it.each([
    ['signaller', 'ok', 'signaller has pg_signal_backend: 1 of 2 sessions of others, 1 are superusers'],
    ['lead', 'ok', 'lead is a member of the roles of all who are there now'],
    ['aloof', 'problem', 'aloof has no pg_signal_backend: 0 of 2 sessions'],
    ['postgres', 'ok', 'postgres is a superuser: every session'],
  ])('counts whom %s may end as the server decides it', async (user, verdict, found) => {
    const { verdicts, foundOf } = await examine(server.port, user);
    expect(verdicts['may-end']).toBe(verdict);
    expect(foundOf('may-end')).toContain(found);
  });

  it('may in truth end exactly those that it says', async () => {
    for (const [user, may] of [
      ['lead', true],
      ['signaller', true],
      ['aloof', false],
      ['watcher', false],
    ] as const) {
      const victim = await server.connect({ user: 'app' });
      const { rows } = await victim.query('select pg_backend_pid() as pid');
      const ender = await server.connect({ user });
      const ended = await ender.query('select pg_terminate_backend($1)', [rows[0].pid]).then(
        () => true,
        () => false,
      );
      expect([user, ended]).toEqual([user, may]);
      await Promise.allSettled([victim.end(), ender.end()]);
    }
  });

  it('tells a pooler by the process that the handshake names', async () => {
    const { verdicts, foundOf } = await examine(await startPooler(server.port), 'watcher');
    expect(verdicts['pooler']).toBe('warning');
    expect(foundOf('pooler')).toBe('yes: the handshake named another process than the one that answers');
  });

  it('says of a role that is refused why, and asks no more', async () => {
    const { verdicts, foundOf, mendOf } = await examine(server.port, 'stranger');
    expect(verdicts).toEqual({ connection: 'problem' });
    expect(foundOf('connection')).toContain('28000');
    expect(mendOf('connection')?.[0]).toBe(`pg_isready --host 127.0.0.1 --port ${server.port}`);
  });
});
