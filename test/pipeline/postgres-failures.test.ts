import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { explainDocument } from '../../src/cli/json/explain-document.ts';
import { historyDocument } from '../../src/cli/json/history-document.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { type PlainPostgres, startPlainPostgres } from '../support/start-plain-postgres.ts';
import { openStatementGate, type StatementGate } from '../support/statement-gate.ts';
import { expectAtRest } from './consistency.ts';
import { failuresConfig } from './failures-config.ts';
import { type Pipeline, startPipeline } from './pipeline.ts';
import { until } from './until.ts';

const PASSWORD = 'kX3-not-to-be-seen';
const SECRETS = { keeper: PASSWORD, outdated: 'yesterday', bare: PASSWORD, lonely: PASSWORD, nobody: PASSWORD };
const page = readFileSync(new URL('../../docs/postgres.md', import.meta.url), 'utf8');

let folder: string;
let server: PlainPostgres;
let gate: StatementGate;
let pipeline: Pipeline;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slotkeeper-failures-'));
  server = await startPlainPostgres({
    auth: 'scram',
    tls: true,
    setup: [
      `create role keeper login password '${PASSWORD}'`,
      'grant pg_monitor, pg_signal_backend to keeper',
      `create role bare login password '${PASSWORD}'`,
      `create role lonely login password '${PASSWORD}' connection limit 0`,
      `create role web_shop login password '${PASSWORD}'`,
    ],
  });
  gate = await openStatementGate(server.port);
  await writeFile(join(folder, 'slotkeeper.yml'), failuresConfig(gate.port));
  pipeline = await startPipeline({ configPath: join(folder, 'slotkeeper.yml'), waitPace: 0.02 });
  for (const [Name, password] of Object.entries(SECRETS)) {
    await pipeline.aws.secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify({ password }) }));
  }
});

afterEach(async () => {
  await rm(join(folder, 'data'), { recursive: true, force: true });
});

afterAll(async () => {
  await pipeline?.stop();
  await gate?.close();
  await server?.stop();
  await rm(folder, { recursive: true });
});

/** One command line in this process, with the embedded cloud as its AWS. No password is ever in what it says. */
async function cli(...args: readonly string[]) {
  const environment = {
    AWS_ENDPOINT_URL: pipeline.cloud.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    PGPASSWORD: args.some((arg) => arg.includes('outdated')) ? 'yesterday' : PASSWORD,
  };
  for (const [name, value] of Object.entries(environment)) {
    vi.stubEnv(name, value);
  }
  const lines: string[] = [];
  const say = (text: string) => void lines.push(text);
  try {
    const io = { out: say, err: say, width: null, emphasise: (_: unknown, text: string) => text };
    const exitCode = await runCli(args, io);
    expect(lines.join('\n')).not.toContain(PASSWORD);
    return { exitCode, text: lines.join('\n') };
  } finally {
    vi.unstubAllEnvs();
  }
}

/** A client's session that is due at once. */
async function openIdle() {
  const client = await server.connect({ user: 'web_shop', application: 'shop', password: PASSWORD });
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { client, pid: rows[0]?.pid ?? 0 };
}

const config = () => ['--config', join(folder, 'slotkeeper.yml')];

/** A message as the page shows it, on any machine. */
function anywhere(text: string): string {
  return text
    .replaceAll(/(127\.0\.0\.1|localhost):\d{4,5}/g, '$1:5432')
    .replaceAll(/\((ENOTFOUND|EAI_AGAIN): getaddrinfo \1/g, '(ENOTFOUND: getaddrinfo ENOTFOUND');
}

describe('a run that does not get in', () => {
  it.each([
    ['wrong-password', 1, 'SignInRefused'],
    ['unknown-user', 1, 'SignInRefused'],
    ['no-secret', 1, 'PasswordUnavailable'],
    ['unknown-host', 1, 'HostUnknown'],
    ['no-server', 1, 'ServerUnreachable'],
    ['no-database', 1, 'DatabaseUnknown'],
    ['self-signed', 1, 'TlsFailed'],
    ['another-name', 1, 'TlsFailed'],
    ['no-slot', 1, 'NoSlotLeft'],
    ['no-rights', 20, 'CanaryFailed'],
  ])(
    'for target %s says so with exit code %i and %s, tells the operators, and does nothing',
    async (target, code, name) => {
      const { client, pid } = await openIdle();
      const { cloud, table, aws } = pipeline;
      const told = { owners: await cloud.inbox('owners'), operators: (await cloud.inbox('operators')).length };
      const { exitCode, text } = await cli('run', '--wait', '--target', target, ...config());
      expect(exitCode).toBe(code);
      const said = text.split('\n').find((line) => /^(Failed|Refused): /.test(line)) ?? text;
      expect(said).toContain(`: ${name}. `);
      expect(page.split('\n')).toContain(anywhere(said));

      const [run, ...others] = (await table.listRuns({ target, limit: 5 })).items;
      expect(run).toMatchObject({ state: 'failed', error: { name }, planHash: null, notices: { sent: 0, failed: 0 } });
      expect(others).toEqual([]);
      expect((await table.listBackends({ target })).items).toEqual([]);
      await expectAtRest(table, aws.dynamodb, cloud.table, target);
      expect(await cloud.inbox('owners')).toEqual(told.owners);
      const mails = (await cloud.inbox('operators')).slice(told.operators);
      expect(mails.map(({ subject }) => subject)).toEqual([expect.stringContaining(`(${name})`)]);
      expect((await client.query('select pg_backend_pid() as pid')).rows).toEqual([{ pid }]);
      await client.end();
    },
  );

  it.each([
    ['a wrong password', () => `keeper@127.0.0.1:${gate.port}/postgres?application_name=outdated`, 1, /28P01/],
    ['an unknown host', () => 'keeper@no-such-host.invalid/postgres', 1, /host of target .* DNS knows/],
    [
      'a certificate of nobody known',
      () => `keeper@localhost:${gate.port}/postgres?sslmode=verify-full`,
      1,
      /TLS failed/,
    ],
    ['no slot', () => `lonely@127.0.0.1:${gate.port}/postgres`, 1, /53300.*pg_use_reserved_connections/],
  ])('by URL says so for %s, and leaves no data folder behind', async (_what, url, code, message) => {
    const { exitCode, text } = await cli('run', '--url', `postgres://${url()}`, '--data', join(folder, 'data'));
    expect(exitCode).toBe(code);
    expect(text).toMatch(message);
    await expect(readdir(join(folder, 'data'))).rejects.toThrow('ENOENT');
  });
});

/** Who runs, and where it is told afterwards what became of things. */
const ENTRANCES = {
  deployed: () => ({
    run: ['run', '--wait', '--target', 'orders', ...config()],
    look: ['--target', 'orders', ...config()],
  }),
  'by URL': () => {
    const url = ['--url', `postgres://keeper@127.0.0.1:${gate.port}/postgres`, '--data', join(folder, 'data')];
    const policy = ['--policy', join(folder, 'slotkeeper.yml'), '--like', 'orders'];
    return { run: ['run', '--terminate', ...url, ...policy], look: [...url, ...policy] };
  },
} as const;

async function recordOf(look: readonly string[], pid: number) {
  const { text } = await cli('explain', String(pid), '--recorded', '--json', ...look);
  return explainDocument.parse(JSON.parse(text)).backends.at(0)?.record;
}

async function newestRun(look: readonly string[]) {
  const document = historyDocument.parse(JSON.parse((await cli('history', '--json', ...look)).text));
  return 'runs' in document ? document.runs.at(0) : undefined;
}

describe('a connection that breaks before the guarded statement has answered', () => {
  it.each(['deployed', 'by URL'] as const)(
    '%s, leaves it open who was ended by whom, and the run sees them gone',
    async (entrance) => {
      const { run, look } = ENTRANCES[entrance]();
      const { pid } = await openIdle();
      const held = gate.holdNext('pg_terminate_backend');
      const running = cli(...run);
      await held.arrived;
      held.releaseAndBreak();
      expect(await running).toMatchObject({ exitCode: 10 });
      // Never already-gone: nobody can say any more that it left by itself.
      expect(await newestRun(look)).toMatchObject({ state: 'succeeded', outcomes: { gone: 1, 'already-gone': 0 } });
      expect(await recordOf(look, pid)).toMatchObject({ state: 'terminated', outcome: 'gone' });
    },
  );
});

describe('a server that dies in the middle of a run', () => {
  it.each([
    ['deployed', 'between the plan and the end'],
    ['deployed', 'in the guarded statement'],
    ['by URL', 'between the plan and the end'],
    ['by URL', 'in the guarded statement'],
  ] as const)(
    '%s, %s: the run fails, no end is on record, and the next run puts it right',
    async (entrance, moment) => {
      const { run, look } = ENTRANCES[entrance]();
      const { pid } = await openIdle();
      const held = gate.holdNext('pg_terminate_backend');
      const running = cli(...run);
      await held.arrived;
      if (moment === 'in the guarded statement') {
        // Whether somebody may be signalled is read from there, so the statement waits in its middle.
        await server.admin.query('begin; lock table pg_catalog.pg_auth_members in access exclusive mode');
        held.release();
        await until('the guarded statement runs', async () => {
          const { rows } = await server.admin.query(
            "select from pg_stat_activity where application_name = 'slotkeeper' and wait_event_type = 'Lock'",
          );
          return rows.length === 1 ? true : null;
        });
      }
      gate.shut();
      await server.crash();
      held.release();

      const { exitCode, text } = await running;
      expect(exitCode).toBe(1);
      expect(text).toContain('Failed: ServerUnreachable. Expected a PostgreSQL server at');
      expect(await newestRun(look)).toMatchObject({
        state: 'failed',
        error: { name: 'ServerUnreachable' },
        outcomes: { gone: 0, 'already-gone': 0, 'busy-again': 0, denied: 0, 'still-there': 0 },
      });
      // Claimed, and nothing is known of it: not gone, though it is.
      expect(await recordOf(look, pid)).toMatchObject({ state: 'terminating', outcome: null });

      await server.restart();
      await gate.reopen();
      const { pid: next } = await openIdle();
      expect((await cli(...run)).exitCode).toBe(10);
      expect(await newestRun(look)).toMatchObject({ state: 'succeeded', outcomes: { gone: 1 } });
      expect(await recordOf(look, next)).toMatchObject({ state: 'terminated', outcome: 'gone' });
      expect(await recordOf(look, pid)).toMatchObject({ state: 'terminated' });
    },
  );
});
