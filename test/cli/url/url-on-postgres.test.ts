import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Emphasis } from '../../../src/cli/cli-io.ts';
import { backendsDocument } from '../../../src/cli/json/backends-document.ts';
import { historyDocument } from '../../../src/cli/json/history-document.ts';
import { leaksDocument } from '../../../src/cli/json/leaks-document.ts';
import { runDocument } from '../../../src/cli/json/run-document.ts';
import { runCli } from '../../../src/cli/run-cli.ts';
import { openUrlRuntime } from '../../../src/cli/url/open-url-runtime.ts';
import { openDataFolder } from '../../../src/laptop/data-folder.ts';
import { until } from '../../pipeline/until.ts';
import { type PlainPostgres, startPlainPostgres, TEST_AUTHORITY } from '../../support/start-plain-postgres.ts';
import { spawnCli } from '../spawn-cli.ts';

const PASSWORD = 'kX3-not-to-be-seen';

let server: PlainPostgres;
let folder: string;
const open: Client[] = [];

beforeAll(async () => {
  server = await startPlainPostgres({
    auth: 'scram',
    tls: true,
    setup: [
      `create role ops login password '${PASSWORD}'`,
      'grant pg_monitor, pg_signal_backend to ops',
      `create role bare login password '${PASSWORD}'`,
      `create role bi_reader login password '${PASSWORD}'`,
    ],
  });
}, 60_000);
afterAll(() => server?.stop());

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-url-'));
  await writeFile(
    join(folder, 'at-once.yml'),
    'policies:\n  at-once:\n    - { name: at-once, match: { user: bi_reader }, warnAfter: 0s, terminateAfter: 0s, grace: 0s }\n',
  );
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.end()));
  await rm(folder, { recursive: true });
});

const urlOf = (user = 'ops') => `postgres://${user}@localhost:${server.port}/postgres`;
const policy = () => ['--policy', join(folder, 'at-once.yml'), '--max-share', '100%'];

/** One command line by URL, in this process, with the password in the environment, on a data folder of this test. */
async function cli(
  args: readonly string[],
  {
    url = urlOf(),
    password = PASSWORD,
    env = {},
  }: { url?: string; password?: string; env?: Record<string, string> } = {},
) {
  const [command = '', ...more] = args;
  for (const [name, value] of Object.entries({ PGPASSWORD: password, ...env })) {
    vi.stubEnv(name, value === '' ? undefined : value);
  }
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    width: null,
    emphasise: (_: Emphasis, text: string) => text,
  };
  const exitCode = await runCli(
    [command, '--url', url, '--data', join(folder, 'data'), ...more],
    io,
    undefined,
    undefined,
  );
  vi.unstubAllEnvs();
  const ran = { exitCode, out: out.join('\n'), err: err.join('\n') };
  expect(ran.out + ran.err).not.toContain(PASSWORD);
  return ran;
}

async function runs() {
  const { out } = await cli(['history', '--json']);
  const document = historyDocument.parse(JSON.parse(out));
  return 'runs' in document ? document.runs : [];
}

/** A client's session that is idle, and resolves `ended` when the server has ended it. */
async function idleSession() {
  const client = await server.connect({ user: 'bi_reader', application: 'Tableau', password: PASSWORD });
  const ended = new Promise<void>((resolve) => client.once('end', () => resolve()));
  client.on('error', () => {});
  open.push(client);
  const { rows } = await client.query('select pg_backend_pid() as pid');
  return { client, ended, pid: Number(rows[0].pid) };
}

describe('slotkeeper run --url', () => {
  it('plans without a deployment and changes nothing; the plan is applied by another process, to the letter', async () => {
    const session = await idleSession();
    const warned = await cli(['run', ...policy(), '--terminate']);
    expect(warned.exitCode).toBe(10);
    expect(warned.err).toContain('Slotkeeper: 1 idle session');
    expect(warned.out).toContain('Warned 1 of 1 with 1 message.');
    const [notice = ''] = await readdir(join(folder, 'data', 'notices'));
    expect(await readFile(join(folder, 'data', 'notices', notice), 'utf8')).toContain(String(session.pid));

    const planned = await cli(['run', ...policy()]);
    expect(planned.exitCode).toBe(10);
    expect(planned.out).toContain('Dry run: would warn 0 and end 1. Nothing was changed.');
    expect(planned.out).toContain('at-once: warned when idle for 0s, ended after 0s');
    await session.client.query('select 1');

    const hash = /--apply ([0-9a-f]{12}) --url/.exec(planned.out)?.[1] ?? '';
    const used = await cli(['run', ...policy(), '--apply', hash]);
    expect(used.exitCode).toBe(20);
    expect(used.out).toContain('PlanChanged');

    await cli(['run', ...policy(), '--terminate']);
    const again = runDocument.parse(JSON.parse((await cli(['run', ...policy(), '--json'])).out));
    const applied = await cli(['run', ...policy(), '--apply', again.run?.planHash ?? '', '--json']);
    const document = runDocument.parse(JSON.parse(applied.out));
    expect(document).toMatchObject({ exitCode: 10, stage: 'laptop', members: [{ pid: session.pid, outcome: 'gone' }] });
    await session.ended;

    const explained = await cli(['explain', String(session.pid), '--recorded']);
    expect(explained.out).toContain('gone');
  });

  it('shows who holds slots, and tells leaks by what runs have seen', async () => {
    const session = await idleSession();
    const backends = backendsDocument.parse(JSON.parse((await cli(['backends', ...policy(), '--json'])).out));
    expect(backends.slots).toMatchObject({ limit: 30, reserved: 3 });
    expect(backends.backends.find(({ pid }) => pid === session.pid)).toMatchObject({
      action: 'warn',
      user: 'bi_reader',
    });

    await cli(['run']);
    await session.client.end();
    await session.ended;
    const leaks = leaksDocument.parse(JSON.parse((await cli(['leaks', '--json'])).out));
    expect(leaks).toMatchObject({ history: 'looks', looks: 2 });
    expect(leaks.leaks.find(({ user }) => user === 'bi_reader')).toMatchObject({
      application: 'Tableau',
      sessions: 1,
      closed: 1,
      client: 'Tableau',
    });
  });

  it('checks the server it speaks to where TLS is asked for', async () => {
    const strange = await cli(['run'], { url: `${urlOf()}?sslmode=require` });
    expect(strange).toMatchObject({ exitCode: 1, err: expect.stringContaining('TLS failed') });
    const known = await cli(['run'], { url: `${urlOf()}?sslmode=verify-full&sslrootcert=${TEST_AUTHORITY}` });
    expect(known).toMatchObject({ exitCode: 0, err: '' });
  });

  it('reads the password from the password file', async () => {
    const file = join(folder, 'pgpass');
    await writeFile(file, `localhost:${server.port}:*:ops:${PASSWORD}\n`, { mode: 0o600 });
    const ran = await cli(['run'], { password: '', env: { PGPASSFILE: file } });
    expect(ran).toMatchObject({ exitCode: 0, err: '' });
  });

  it.each([
    ['a wrong password', () => ({ password: 'wrong' }), /28P01/],
    [
      'no password',
      () => ({ password: '', env: { PGPASSFILE: '/dev/null' } }),
      /none was given for ops\. Set PGPASSWORD/,
    ],
    ['a database that is not there', () => ({ url: `postgres://ops@localhost:${server.port}/nowhere` }), /3D000/],
    [
      'a host that nobody knows',
      () => ({ url: 'postgres://ops@no-such-host.invalid/app?sslmode=verify-full' }),
      /no-such-host\.invalid/,
    ],
    ['a port that nobody listens on', () => ({ url: 'postgres://ops@127.0.0.1:1/app' }), /ECONNREFUSED/],
  ])('says what is wrong with %s, and records nothing', async (_, as, message) => {
    const ran = await cli(['run'], as());
    expect(ran.exitCode).toBe(1);
    expect(ran.err).toMatch(message);
    await expect(readdir(join(folder, 'data'))).rejects.toThrow('ENOENT');
  });

  it('refuses to judge by what a role without rights sees', async () => {
    const ran = await cli(['run', '--terminate'], { url: urlOf('bare') });
    expect(ran.exitCode).toBe(20);
    expect(ran.out).toContain('GRANT pg_monitor');
    expect(await runs()).toMatchObject([{ state: 'failed', error: { name: 'CanaryFailed' } }]);
  });

  it('names the same server again in what is to be typed next, and in JSON by what it judged', async () => {
    for (const args of [
      ['explain', '999999'],
      ['history', 'no-such-run'],
      ['leaks', '--release', 'abcd'],
    ]) {
      const { err } = await cli([args[0] ?? '', ...args.slice(1), ...policy()]);
      expect(err).toContain(`${args[0] === 'explain' ? 'backends' : args[0]} --url ${urlOf()}`);
      expect(err).not.toContain('--target');
    }
    const { out } = await cli(['run', '--json', ...policy()]);
    expect(runDocument.parse(JSON.parse(out)).judgedBy).toEqual({
      policy: `at-once of ${join(folder, 'at-once.yml')}`,
      rules: ['at-once: warned when idle for 0s, ended after 0s, at least 0s after the warning'],
      maxTerminations: 20,
      maxShare: 1,
      data: join(folder, 'data'),
    });
  });

  it('tells each note once, however often it looks', async () => {
    const url = `postgres://ops:${PASSWORD}@localhost:${server.port}/postgres?sslmode=allow`;
    const err: string[] = [];
    const io = { out: () => {}, err: (text: string) => err.push(text), width: null, emphasise: () => '' };
    const told = new Set<string>();
    for (const _ of ['first', 'second']) {
      const runtime = await openUrlRuntime({ url, data: join(folder, 'data') }, { io, interrupt: null, told });
      await runtime.close();
    }
    expect(err).toEqual([expect.stringContaining('the password stands on the command line')]);
  });

  it('ends at once by Ctrl-C while a server does not answer, and while another command has the data folder', async () => {
    const silent = createServer();
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const called = once(silent, 'connection');
    const url = `postgres://ops@127.0.0.1:${port}/postgres`;
    const child = spawnCli(['run', '--url', url, '--data', join(folder, 'data')], { PGPASSWORD: PASSWORD });
    const [socket] = await called;
    const from = performance.now();
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    // A connection is given up after ten seconds.
    expect(performance.now() - from).toBeLessThan(8_000);
    socket.destroy();
    silent.close();

    await mkdir(join(folder, 'data'));
    await writeFile(join(folder, 'data', 'lock'), `${process.pid}\n`);
    const abort = new AbortController();
    const waiting = openDataFolder(join(folder, 'data'), 60_000, abort.signal);
    abort.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });

  it('ends a run that is under way by Ctrl-C as failed, gives its lock back, and exits with 130', async () => {
    const session = await idleSession();
    await cli(['run', ...policy(), '--terminate']);
    // A stopped process takes no signal to end: the run looks for it again and again.
    process.kill(session.pid, 'SIGSTOP');
    try {
      const args = ['run', '--url', urlOf(), '--data', join(folder, 'data'), ...policy(), '--terminate'];
      const child = spawnCli(args, { PGPASSWORD: PASSWORD });
      let err = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        err += text;
      });
      const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
      await until('the run has opened its data folder', async () => {
        const files = await readdir(join(folder, 'data'));
        return files.includes('lock') ? true : null;
      });
      await until('the run is at its server', async () => {
        const { rows } = await server.admin.query("select from pg_stat_activity where application_name = 'slotkeeper'");
        return rows.length > 0 ? true : null;
      });
      child.kill('SIGINT');
      expect(await ended).toBe(130);
      expect(err).toContain('ended before it was done');
    } finally {
      process.kill(session.pid, 'SIGCONT');
    }
    expect(await runs()).toMatchObject([
      { state: 'failed', error: { name: 'RunInterrupted' } },
      { state: 'succeeded' },
    ]);
    expect((await cli(['run', ...policy(), '--terminate'])).exitCode).not.toBe(20);
  }, 30_000);

  it('hides its command line, which may hold a password, from everybody else on the machine', async () => {
    const url = `postgres://ops:${PASSWORD}@localhost:${server.port}/postgres`;
    const child = spawnCli(['run', '--url', url, '--data', join(folder, 'data'), '--watch'], {});
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      err += text;
    });
    const out = new Promise<string>((resolve) => child.stdout.setEncoding('utf8').once('data', resolve));
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    expect(await out).toContain('(dry run)');
    const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(child.pid)]);
    expect(stdout.trim()).toBe('slotkeeper');
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(err).toContain('Note: the password stands on the command line');
    expect((await out) + err).not.toContain(PASSWORD);
  }, 30_000);

  it('says that no slot is left, and for whom the last ones are', async () => {
    const { rows } = await server.admin.query(
      'select count(*)::int as taken from pg_stat_activity where backend_type = $1',
      ['client backend'],
    );
    await Promise.all(Array.from({ length: 27 - rows[0].taken }, idleSession));
    const ran = await cli(['run', ...policy(), '--terminate']);
    expect(ran.exitCode).toBe(1);
    expect(ran.err).toContain('53300');
    expect(ran.err).toContain('GRANT pg_use_reserved_connections');
  }, 30_000);

  it('puts a run on record as failed when its server dies in the middle, and nobody as gone', async () => {
    const dying = await startPlainPostgres({ setup: ['create role bi_reader login'] });
    try {
      const victim = await dying.connect({ user: 'bi_reader' });
      victim.on('error', () => {});
      const { rows } = await victim.query('select pg_backend_pid() as pid');
      const url = `postgres://postgres@localhost:${dying.port}/postgres`;
      await cli(['run', ...policy(), '--terminate'], { url });
      process.kill(rows[0].pid, 'SIGSTOP');
      const running = cli(['run', ...policy(), '--terminate', '--json'], { url });
      await until('the victim was signalled', async () => {
        const notes = await dying.admin.query("select from pg_stat_activity where application_name = 'slotkeeper'");
        return notes.rows.length > 0 ? true : null;
      });
      await until('the connection that signalled it is closed', async () => {
        const notes = await dying.admin.query("select from pg_stat_activity where application_name = 'slotkeeper'");
        return notes.rows.length === 0 ? true : null;
      });
      dying.admin.on('error', () => {});
      process.kill(dying.pid, 'SIGQUIT');
      const { exitCode, out } = await running;
      expect(exitCode).toBe(1);
      const document = runDocument.parse(JSON.parse(out));
      expect(document.status).toBe('failed');
      expect(['ServerUnreachable', 'ServerGone']).toContain(document.error?.name);
      expect(document.run?.outcomes.gone).toBe(0);
    } finally {
      await dying.stop();
    }
  }, 60_000);
});
