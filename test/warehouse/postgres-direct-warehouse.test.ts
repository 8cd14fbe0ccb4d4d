import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createPostgresOpener } from '../../src/warehouse/create-postgres-opener.ts';
import type { DirectWarehouse } from '../../src/warehouse/direct-warehouse.ts';
import { connectPostgres, type PostgresConnection } from '../../src/warehouse/postgres-direct-warehouse.ts';
import { examplePostgresTarget } from '../support/example-postgres-target.ts';
import { type PlainPostgres, startPlainPostgres, TEST_AUTHORITY } from '../support/start-plain-postgres.ts';

const PASSWORD = 'correct horse';
const VERIFIED = { mode: 'verify-full', ca: TEST_AUTHORITY } as const;

let server: PlainPostgres;

beforeAll(async () => {
  server = await startPlainPostgres({
    auth: 'scram',
    tls: true,
    setup: [
      `create role slotkeeper login password '${PASSWORD}'`,
      `create role lonely login password '${PASSWORD}' connection limit 0`,
      'create database closed',
      'revoke connect on database closed from public',
    ],
  });
}, 60_000);

afterAll(async () => {
  await server?.stop();
});

type Target = ReturnType<typeof examplePostgresTarget>;

async function open(
  changes: Partial<Target> = {},
  options: Partial<PostgresConnection> & { password?: string } = {},
): Promise<DirectWarehouse> {
  const target = examplePostgresTarget({ port: server.port, host: 'localhost', tls: VERIFIED, ...changes });
  const { password = PASSWORD } = options;
  const warehouse =
    options.connectTimeout === undefined && options.statementTimeout === undefined
      ? await createPostgresOpener(async () => password)(target)
      : await connectPostgres({ target, password, ca: null, ...options });
  onTestFinished(() => warehouse.close());
  return warehouse;
}

/** Listens where a PostgreSQL server would, and answers whatever it is told by these bytes; null: never. */
async function fakeServer(answer: string | null): Promise<number> {
  const fake: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (answer !== null) {
      socket.once('data', () => socket.end(answer));
    }
  });
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void fake.close());
  const address = fake.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('a direct connection to a PostgreSQL server', () => {
  it('is encrypted and verified, and tells values as they are', async () => {
    const warehouse = await open();
    expect(
      await warehouse.query(
        `select ssl.ssl as encrypted, pg_catalog.current_setting('application_name') as application, 7::int4 as small,
           9007199254740993::int8 as large, 1.5::float8 as float, null::text as nothing, $1::text as text,
           '2026-11-20 15:00:00.123456+00'::timestamptz at time zone 'UTC' as time
         from pg_catalog.pg_stat_ssl ssl where ssl.pid = pg_catalog.pg_backend_pid()`,
        ["it's $1; --"],
      ),
    ).toEqual([
      {
        encrypted: true,
        application: 'slotkeeper',
        small: 7,
        large: '9007199254740993',
        float: 1.5,
        nothing: null,
        text: "it's $1; --",
        time: '2026-11-20 15:00:00.123456',
      },
    ]);
  });

  it('can change nothing, and finds no function but the server’s own', async () => {
    const warehouse = await open({ user: 'postgres' });
    await expect(warehouse.query('create table mine (id int)', [])).rejects.toMatchObject({
      name: 'QueryRefused',
      code: '25006',
    });
    // The transaction that failed is over: the next statement runs.
    expect(await warehouse.query("select current_setting('search_path') as path", [])).toEqual([
      { path: 'pg_catalog, pg_temp' },
    ]);
  });

  it.each([
    ['a wrong password', {}, { password: 'incorrect' }, 'SignInRefused', '28P01'],
    ['no password where one is asked for', {}, { password: '' }, 'SignInRefused', null],
    ['an unknown user', { user: 'nobody' }, {}, 'SignInRefused', '28P01'],
    ['an unknown database', { database: 'missing' }, {}, 'DatabaseUnknown', '3D000'],
    ['a database that is closed to the user', { database: 'closed' }, {}, 'DatabaseUnknown', '42501'],
    ['no slot left for the user', { user: 'lonely' }, {}, 'NoSlotLeft', '53300'],
    ['a name that is not of the certificate', { host: '127.0.0.1' }, {}, 'TlsFailed', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    [
      'an authority that is not known',
      { tls: { mode: 'verify-full', ca: null } },
      {},
      'TlsFailed',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    [
      'a file of authorities that is missing',
      { tls: { mode: 'verify-full', ca: '/missing.pem' } },
      {},
      'CertificatesUnreadable',
      null,
    ],
  ] as const)('says what to do about %s', async (_, changes, options, name, code) => {
    const failure = await open(changes, options).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name, code });
    expect(String(failure)).not.toContain(PASSWORD);
  });

  it('says that a host is unknown, whatever the resolver calls it', async () => {
    await expect(open({ host: 'no-such-host.invalid' })).rejects.toMatchObject({ name: 'HostUnknown' });
  });

  it('says that nothing listens there', async () => {
    await expect(open({ port: 1, host: '127.0.0.1' })).rejects.toMatchObject({
      name: 'ServerUnreachable',
      code: 'ECONNREFUSED',
    });
  });

  it('does not speak in plain where TLS is asked for', async () => {
    await expect(open({ host: '127.0.0.1', port: await fakeServer('N') })).rejects.toMatchObject({ name: 'TlsFailed' });
  });

  it('waits for a mute server only so long', async () => {
    await expect(
      open({ host: '127.0.0.1', port: await fakeServer(null) }, { connectTimeout: 50 }),
    ).rejects.toMatchObject({ name: 'ServerUnreachable', code: 'ETIMEDOUT' });
  });

  it('says which privilege is missing', async () => {
    const warehouse = await open();
    await expect(warehouse.query('select * from pg_authid', [])).rejects.toMatchObject({
      name: 'PermissionRefused',
      code: '42501',
      message: expect.stringContaining('GRANT pg_monitor'),
    });
  });

  it('has the server cancel what takes too long', async () => {
    const warehouse = await open(
      { host: '127.0.0.1', user: 'postgres', tls: { mode: 'off' } },
      { statementTimeout: 30 },
    );
    await expect(warehouse.query('select pg_sleep(10)', [])).rejects.toMatchObject({ name: 'StatementTimedOut' });
  });

  it('says that the server ended it, at once and from then on, and can still be closed', async () => {
    const warehouse = await open({ user: 'postgres' });
    const [row] = await warehouse.query('select pg_backend_pid() as pid', []);
    const waiting = warehouse.query('select pg_sleep(10)', []).catch((error: unknown) => error);
    await expect
      .poll(async () => {
        const { rowCount } = await server.admin.query(
          "select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and query like '%pg_sleep%'",
          [row?.['pid']],
        );
        return rowCount;
      })
      .toBe(1);
    expect(await waiting).toMatchObject({ name: 'ServerGone', code: '57P01' });
    await expect(warehouse.query('select 1', [])).rejects.toMatchObject({ name: 'ServerGone' });
    await warehouse.close();
  });
});
