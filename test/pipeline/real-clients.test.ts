import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import type { LocalCloud } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import type { Emphasis } from '../../src/cli/cli-io.ts';
import { backendsDocument } from '../../src/cli/json/backends-document.ts';
import { doctorDocument } from '../../src/cli/json/doctor-document.ts';
import { leaksDocument } from '../../src/cli/json/leaks-document.ts';
import { runDocument } from '../../src/cli/json/run-document.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { type PlainPostgres, startPlainPostgres } from '../support/start-plain-postgres.ts';

const PASSWORD = 'Zq7-never-shown';
/** Without the six characters that Secrets Manager adds, which are not known before the secret is made. */
const SECRET = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:keeper-of-app';

let folder: string;
let server: PlainPostgres;
let cloud: LocalCloud;
let secrets: SecretsManagerClient;
const open: pg.Client[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-clients-'));
  server = await startPlainPostgres({
    version: 16,
    auth: 'scram',
    setup: [
      `create role keeper login password '${PASSWORD}'`,
      'grant pg_monitor, pg_signal_backend to keeper',
      `create role bi_reader login password '${PASSWORD}'`,
    ],
  });
  const common = {
    slots: { limit: 30 },
    caps: { maxTerminations: 5, maxShare: '90%' },
    thrash: { reconnects: 2, within: '1m' },
    policy: 'default',
  };
  const config = {
    targets: {
      app: {
        engine: 'postgres',
        host: '127.0.0.1',
        port: server.port,
        database: 'postgres',
        user: 'keeper',
        auth: { kind: 'secret', secretArn: SECRET },
        tls: { mode: 'off' },
        ...common,
      },
      reports: {
        engine: 'redshift-serverless',
        workgroup: 'local-serverless',
        database: 'dev',
        secretArn: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:awsuser-a1b2c3',
        ...common,
      },
    },
    policies: {
      default: [{ name: 'dashboards', match: { user: 'bi_*' }, warnAfter: '0s', terminateAfter: '0s', grace: '0s' }],
    },
    notices: { defaultOwner: 'data@example.com' },
    runs: { pollWaits: ['0s', '0s', '0s', '0s', '1s', '2s', '5s'], settle: { rounds: 10, wait: '0s' } },
  };
  const configPath = join(folder, 'slotkeeper.yml');
  await writeFile(configPath, stringify(config));
  cloud = await startLocalCloud({ port: 0, postgresPort: 0, configPath, schedules: false });
  for (const [name, value] of Object.entries(cloud.environment)) {
    vi.stubEnv(name, value);
  }
  const awsuser = await cloud.redshift.connect({ user: 'awsuser', database: 'dev' });
  await awsuser.query('create role bi_reader login');
  await awsuser.end();
  secrets = new SecretsManagerClient({
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
  });
  await secrets.send(
    new CreateSecretCommand({
      Name: 'keeper-of-app',
      SecretString: JSON.stringify({ username: 'keeper', password: PASSWORD }),
    }),
  );
}, 120_000);

afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((client) => client.end()));
});

afterAll(async () => {
  vi.unstubAllEnvs();
  secrets?.destroy();
  await cloud?.stop();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
}, 60_000);

/** One command line against the embedded cloud, in this process; whatever it prints, the password is not in it. */
async function cli(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io = {
    out: (text: string) => out.push(text),
    err: (text: string) => err.push(text),
    width: null,
    emphasise: (_: Emphasis, text: string) => text,
  };
  const exitCode = await runCli([...args, '--json', '--config', join(folder, 'slotkeeper.yml')], io);
  expect([...out, ...err].join('\n')).not.toContain(PASSWORD);
  return { exitCode, out: out.join('\n'), document: JSON.parse(out.join('\n')) as unknown };
}

const runOf = async (target: string) => runDocument.parse((await cli('run', '--target', target, '--wait')).document);

/** One more session of the same client, idle from now on. */
async function connect(target: string, application: string): Promise<number> {
  const client =
    target === 'app'
      ? await server.connect({ user: 'bi_reader', application, password: PASSWORD })
      : await cloud.redshift.connect({ user: 'bi_reader', database: 'dev', applicationName: application });
  client.on('error', () => undefined);
  open.push(client);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid ?? 0;
}

describe('a PostgreSQL target whose password is in Secrets Manager', () => {
  it('is looked at, examined and reaped by it', async () => {
    const pid = await connect('app', 'Tableau');
    const seen = backendsDocument.parse((await cli('backends', '--target', 'app')).document);
    expect(seen.backends.find((backend) => backend.pid === pid)).toMatchObject({ action: 'warn', user: 'bi_reader' });
    const { checks } = doctorDocument.parse((await cli('doctor', '--target', 'app')).document);
    expect(checks.find(({ name }) => name === 'connection')).toMatchObject({
      verdict: 'ok',
      found: expect.stringContaining('signed in as keeper'),
    });
    expect(await runOf('app')).toMatchObject({ run: { counts: { warn: 1 } }, exitCode: 10 });
    expect(await runOf('app')).toMatchObject({ run: { outcomes: { gone: 1 } } });
  });

  it.each([
    ['JSON without a password', JSON.stringify({ username: 'keeper' }), 'is not JSON with a text `password`'],
    ['of another user', JSON.stringify({ username: 'other', password: PASSWORD }), 'is of the database user other'],
    ['an old password', JSON.stringify({ username: 'keeper', password: 'old' }), 'it refused (28P01'],
  ])('says what is wrong with a secret that is %s', async (_, SecretString, message) => {
    await secrets.send(new PutSecretValueCommand({ SecretId: 'keeper-of-app', SecretString }));
    const run = await runOf('app');
    expect(run).toMatchObject({ status: 'failed', exitCode: 1, members: [], run: { state: 'failed' } });
    expect(run.error?.message).toContain(message);
  });

  it('shows none of a secret that is no JSON, and goes on once it is put right', async () => {
    await secrets.send(new PutSecretValueCommand({ SecretId: 'keeper-of-app', SecretString: PASSWORD }));
    const message = 'is not JSON with a text `password`';
    const { exitCode, out } = await cli('backends', '--target', 'app');
    expect({ exitCode, out }).toMatchObject({ exitCode: 1, out: expect.stringContaining(message) });
    const { checks } = doctorDocument.parse((await cli('doctor', '--target', 'app')).document);
    expect(checks.find(({ name }) => name === 'connection')?.found).toContain(message);
    const SecretString = JSON.stringify({ username: 'keeper', password: PASSWORD });
    await secrets.send(new PutSecretValueCommand({ SecretId: 'keeper-of-app', SecretString }));
    expect(await runOf('app')).toMatchObject({ status: 'succeeded' });
  });
});

describe.each(['app', 'reports'])('clients of target %s', { timeout: 60_000 }, (target) => {
  it('keep a session by the tag of their name, set in the middle of its life', async () => {
    const pid = await connect(target, 'nightly');
    const warned = await runOf(target);
    expect(warned.members).toMatchObject([{ pid, action: 'warn' }]);
    await open.at(-1)?.query("set application_name to 'nightly keep=2h'");
    await runOf(target);
    const { backends } = backendsDocument.parse((await cli('backends', '--target', target)).document);
    expect(backends.find((backend) => backend.pid === pid)).toMatchObject({ action: 'keep', code: 'snoozed' });
  });

  it('are left alone for a while when they come back at once, and only they', async () => {
    const pids = [await connect(target, 'pool'), await connect(target, 'pool')];
    await runOf(target);
    const ended = await runOf(target);
    expect(ended.members.map(({ pid, outcome }) => ({ pid, outcome }))).toEqual(
      expect.arrayContaining(pids.map((pid) => ({ pid, outcome: 'gone' }))),
    );
    await connect(target, 'pool');
    await connect(target, 'pool');
    const other = await connect(target, 'someone else');
    const held = await runOf(target);
    expect(held.run?.kept).toMatchObject({ thrashing: 2 });
    expect(held.members.map(({ pid }) => pid)).toEqual([other]);
    const { thrashing } = leaksDocument.parse((await cli('leaks', '--target', target)).document);
    expect(thrashing).toMatchObject([{ user: 'bi_reader', application: 'pool', held: true }]);
  });
});
