import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendsDocument } from '../../src/cli/json/backends-document.ts';
import { doctorDocument } from '../../src/cli/json/doctor-document.ts';
import { errorDocument } from '../../src/cli/json/error-document.ts';
import { explainDocument } from '../../src/cli/json/explain-document.ts';
import { historyDocument } from '../../src/cli/json/history-document.ts';
import { leaksDocument } from '../../src/cli/json/leaks-document.ts';
import { type LocalDocument, localDocument } from '../../src/cli/json/local-document.ts';
import { probeDocument } from '../../src/cli/json/probe-document.ts';
import { replayDocument } from '../../src/cli/json/replay-document.ts';
import { runDocument } from '../../src/cli/json/run-document.ts';
import { statusDocument } from '../../src/cli/json/status-document.ts';
import { AT_ONCE_CONFIG } from './at-once-config.ts';
import { expectSumsToAddUp } from './expect-sums-to-add-up.ts';
import { portAnswers } from './port-answers.ts';
import { firstLine, runSpawned, spawnCli } from './spawn-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'slotkeeper-cli-'));
const config = join(folder, 'slotkeeper.yml');
let cloudProcess: ChildProcessWithoutNullStreams;
let cloud: LocalDocument;
let env: Record<string, string>;
const clients: pg.Client[] = [];

/** Runs a command against the embedded cloud. */
async function cli(...args: string[]) {
  return await runSpawned([...args, '--config', config], env);
}

/** One more real session, idle from now on. */
async function openSession(user: string, application: string): Promise<{ pid: number; ended: Promise<unknown> }> {
  const url = new URL(cloud.postgres);
  const client = new pg.Client({
    host: url.hostname,
    port: Number(url.port),
    user,
    database: cloud.database,
    application_name: application,
  });
  // A backend that is ended says so more than once: its last words, then the closed connection.
  const ended = new Promise<unknown>((resolve) => client.on('error', resolve));
  await client.connect();
  clients.push(client);
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { pid: rows[0]?.pid ?? 0, ended };
}

beforeAll(async () => {
  // Seldom enough that no test meets a run of the schedule.
  writeFileSync(config, AT_ONCE_CONFIG.replace('database: dev', 'database: dev\n    schedule: rate(1 day)'));
  cloudProcess = spawnCli(['local', '--json', '--port', '0', '--postgres-port', '0', '--config', config]);
  cloud = localDocument.parse(JSON.parse(await firstLine(cloudProcess)));
  env = {
    AWS_ENDPOINT_URL: cloud.endpoint,
    AWS_REGION: cloud.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const url = new URL(cloud.postgres);
  const admin = new pg.Client({
    host: url.hostname,
    port: Number(url.port),
    user: url.username,
    database: cloud.database,
  });
  await admin.connect();
  await admin.query(
    'create role bi_reader login; create role etl_nightly login; create role ana login; create role web_shop login',
  );
  await admin.end();
}, 60_000);

afterAll(async () => {
  await Promise.allSettled(clients.map((client) => client.end()));
  if (cloudProcess.exitCode === null && cloudProcess.signalCode === null) {
    const closed = once(cloudProcess, 'close');
    cloudProcess.kill('SIGTERM');
    await closed;
  }
  rmSync(folder, { recursive: true });
}, 60_000);

describe('the command line on the embedded cloud', () => {
  it('local --json says as its first line where everything is', () => {
    expect(cloud).toMatchObject({
      region: 'us-east-1',
      accountId: '000000000000',
      clusterIdentifier: 'local',
      workgroupName: 'local-serverless',
      database: 'dev',
      table: 'slotkeeper-local-sessions',
    });
    expect(cloud.postgres).toMatch(/^postgres:\/\/awsuser@127\.0\.0\.1:\d+\/dev$/);
    expect(Object.keys(cloud.stateMachines)).toContain('slotkeeper-local-reap-redshift-sessions');
  });

  it('run exits 0 while nothing is due', async () => {
    const { exitCode, out } = await cli('run', '--wait', '--json');
    const document = runDocument.parse(JSON.parse(out));
    expect(exitCode).toBe(0);
    expect(document).toMatchObject({ status: 'succeeded', members: [], run: { counts: { warn: 0, terminate: 0 } } });
  });

  it('backends, run and history show one session from its warning to its end', async () => {
    const reader = await openSession('bi_reader', 'Tableau');
    const etl = await openSession('etl_nightly', 'airflow');
    const ana = await openSession('ana', 'DBeaver');

    const seen = backendsDocument.parse(JSON.parse((await cli('backends', '--json')).out));
    expectSumsToAddUp(seen);
    const verdictOf = (pid: number) => seen.backends.find((backend) => backend.pid === pid);
    expect(verdictOf(reader.pid)).toMatchObject({
      action: 'warn',
      rule: 'at-once',
      user: 'bi_reader',
      application: 'Tableau',
    });
    expect(verdictOf(etl.pid)).toMatchObject({ action: 'keep', code: 'exempt', rule: 'etl-is-exempt' });
    expect(verdictOf(ana.pid)).toMatchObject({ action: 'keep', code: 'below-warning', rule: 'everyone-else' });
    expect(seen.backends.filter((backend) => backend.own)).toHaveLength(1);

    const explained = async () =>
      explainDocument.parse(JSON.parse((await cli('explain', String(reader.pid), '--json')).out)).backends;
    expect(await explained()).toMatchObject([
      {
        alive: true,
        decision: {
          action: 'warn',
          rules: [
            {
              rule: 'etl-is-exempt',
              matched: false,
              clauses: [{ measured: 'bi_reader', limit: 'etl_*', held: false }],
            },
            { rule: 'at-once', matched: true, clauses: [{ limit: 'bi_*', held: true }] },
          ],
          untried: 2,
        },
      },
    ]);

    const dry = await cli('run', '--dry-run');
    expect(dry.exitCode).toBe(10);
    expect(dry.out).toContain('Dry run: would warn 1 and end 0.');

    const hash = /run --apply ([0-9a-f]{12}) /.exec(dry.out)?.[1] ?? 'none';
    const first = await cli('run', '--apply', hash);
    expect(first.exitCode).toBe(10);
    expect(first.out).toMatch(new RegExp(`warn +${reader.pid}@.*bi_reader +Tableau .*at-once .* told`));
    expect(first.out).toContain('Warned 1 of 1 with 1 message.');

    const again = await cli('run', '--apply', hash);
    expect(again.exitCode).toBe(20);
    expect(again.out).toMatch(
      new RegExp(
        `Refused: PlanChanged\\. .* 1 changed: pid ${reader.pid} .* is now terminate \\(due-termination, rule at-once\\), approved as warn`,
      ),
    );

    const second = await cli('run', '--wait', '--json');
    const document = runDocument.parse(JSON.parse(second.out));
    expect(second.exitCode).toBe(10);
    expect(document.run?.outcomes).toEqual({
      gone: 1,
      'already-gone': 0,
      'busy-again': 0,
      denied: 0,
      'still-there': 0,
    });
    expect(document.members).toMatchObject([
      { action: 'terminate', pid: reader.pid, outcome: 'gone', warnedAt: expect.stringMatching(/^20/) },
    ]);
    expect(await reader.ended).toBeInstanceOf(Error);
    expect(await explained()).toMatchObject([
      {
        alive: false,
        record: { state: 'terminated', outcome: 'gone', receipt: { owner: 'data-platform@example.com' } },
        decision: { run: document.runId, action: 'terminate', rules: [{}, { rule: 'at-once', matched: true }] },
      },
    ]);

    const story = historyDocument.parse(JSON.parse((await cli('history', String(reader.pid), '--json')).out));
    expect(story.kind === 'backend' && story.backends[0]).toMatchObject({ state: 'terminated', outcome: 'gone' });
    expect(story.kind === 'backend' && story.backends[0]?.events.map((event) => event.type)).toEqual([
      'warned',
      'termination-claimed',
      'terminated',
    ]);
    const oneRun = historyDocument.parse(JSON.parse((await cli('history', document.runId, '--json')).out));
    expect(oneRun).toMatchObject({ kind: 'run', run: { runId: document.runId }, members: [{ outcome: 'gone' }] });
    const runs = await cli('history');
    expect(runs.exitCode).toBe(0);
    expect(runs.out).toContain(document.runId);
  }, 60_000);

  it('backends is readable in a pipe: one line per backend under one header', async () => {
    const { exitCode, out } = await cli('backends');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^slots +\d+ used of 50, \d+ free/m);
    expect(out).toMatch(/^VERDICT {2}BACKEND /m);
    expect(out).toMatch(/^keep +\d+@.*etl_nightly .*airflow/m);
  });

  it('replay comes to the very plans of runs that were recorded, with all names hashed', async () => {
    const { pid } = await openSession('bi_reader', 'Metabase');
    const directory = join(folder, 'recordings');
    const runs = [];
    for (const _ of ['warns', 'ends']) {
      const { out } = await cli('run', '--record', directory, '--hash-names', '--json');
      runs.push(runDocument.parse(JSON.parse(out)));
    }
    const files = runs.map(({ recorded }) => recorded ?? '');
    expect(files.map((file) => readFileSync(file, 'utf8')).join()).not.toContain('"bi_reader"');
    const { exitCode, out } = await runSpawned(['replay', '--snapshot', ...files, '--policy', config, '--json']);
    const { policies, backends } = replayDocument.parse(JSON.parse(out));
    expect(policies).toMatchObject([{ asRecorded: 2 }]);
    expect(exitCode).toBe(0);
    const mine = backends.find((backend) => backend.pid === pid);
    expect(mine?.fates.map(({ deeds }) => deeds.map(({ action }) => action))).toEqual([['warn', 'terminate']]);
  });

  it('run is refused when the plan exceeds a cap, and ends nothing', async () => {
    const sessions = await Promise.all(Array.from({ length: 6 }, () => openSession('web_shop', 'checkout')));
    const { exitCode, out } = await cli('run', '--wait');
    expect(exitCode).toBe(20);
    expect(out).toContain('Refused: CapExceeded.');
    const seen = backendsDocument.parse(JSON.parse((await cli('backends', '--json')).out));
    const alive = new Set(seen.backends.map((backend) => backend.pid));
    expect(sessions.filter((session) => alive.has(session.pid))).toHaveLength(6);
  });

  it('leaks tells who comes back after each end, and with which setting that stops', async () => {
    // The tests before had runs end one session of Tableau and one of Metabase.
    await openSession('bi_reader', 'Metabase');
    const { exitCode, out } = await cli('leaks', '--since', '1d', '--by', 'user,application', '--json');
    expect(exitCode).toBe(0);
    const { leaks, total, looks } = leaksDocument.parse(JSON.parse(out));
    const of = (application: string) => leaks.find((leak) => leak.application === application);
    expect(of('Metabase')).toMatchObject({
      user: 'bi_reader',
      host: null,
      opened: 2,
      closed: 1,
      open: 1,
      killed: 1,
      reconnected: 1,
      client: 'Metabase',
    });
    expect(of('Tableau')).toMatchObject({ opened: 1, closed: 1, open: 0, killed: 1, reconnected: 0 });
    expect(of('checkout')).toMatchObject({ open: 6, peak: 6, killed: 0, client: null });
    // Two runs have recorded what they saw.
    expect(looks).toBe(3);
    expect(leaks.reduce((sum, leak) => sum + leak.sessions, 0)).toBe(total.sessions);
  });

  it('doctor finds everything in its place here, and names what the embedded cloud does not have', async () => {
    const { exitCode, out, err } = await cli('doctor', '--json');
    const { checks, counts, stage } = doctorDocument.parse(JSON.parse(out));
    const unwell = checks.filter(({ verdict }) => verdict === 'problem').map(({ name, found }) => ({ name, found }));
    // The refused run of the test before is on record, and is the last one.
    expect(unwell).toEqual([{ name: 'recent-runs', found: expect.stringContaining('CapExceeded 1') }]);
    expect({ exitCode, err, stage }).toEqual({ exitCode: 1, err: '', stage: 'local' });
    expect(counts.ok + counts.warning + counts.problem + counts['cannot-tell']).toBe(checks.length);
    const verdictOf = (name: string) => checks.find((check) => check.name === name)?.verdict;
    for (const name of [
      'connection',
      'grants',
      'canary',
      'clock',
      'own-limits',
      'table',
      'kept-session',
      'executions',
    ]) {
      expect([name, verdictOf(name)]).toEqual([name, 'ok']);
    }
    expect(verdictOf('table-recovery')).toBe('cannot-tell');
    expect(checks.find(({ name }) => name === 'slots')?.found).toMatch(/ of 50 used, .*web_shop 6/);
  });

  it('status, pause, resume and outputs work by the outputs of the stack', async () => {
    const rule = 'slotkeeper-local-local-schedule';
    const events = new EventBridgeClient({
      endpoint: cloud.endpoint,
      region: cloud.region,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const stateOf = async () => (await events.send(new DescribeRuleCommand({ Name: rule }))).State;

    expect(await cli('pause', '--reason', 'maintenance')).toMatchObject({ exitCode: 10, err: '' });
    expect(await stateOf()).toBe('DISABLED');
    const { targets, subscriptions, stack } = statusDocument.parse(JSON.parse((await cli('status', '--json')).out));
    expect(stack).toMatchObject({ name: 'slotkeeper-local', status: 'CREATE_COMPLETE' });
    expect(subscriptions).toMatchObject({ owners: { confirmed: 1, pending: 0 } });
    expect(targets).toMatchObject([
      {
        schedule: { rule, state: 'paused', changed: { did: 'paused', reason: 'maintenance' }, next: null },
        lastRun: { state: 'failed', exitCode: 20, error: 'CapExceeded' },
        refused: { CapExceeded: 1 },
        lock: null,
      },
    ]);
    expect(targets[0]?.slots.free).toBeGreaterThan(0);
    expect(await cli('resume')).toMatchObject({ exitCode: 10 });
    expect(await stateOf()).toBe('ENABLED');
    expect(await cli('outputs', 'SessionTableName')).toEqual({ exitCode: 0, out: `${cloud.table}\n`, err: '' });
    events.destroy();
  }, 30_000);

  it('doctor names the statement that makes a database user see everyone', async () => {
    const blind = join(folder, 'blind-doctor.yml');
    writeFileSync(blind, AT_ONCE_CONFIG.replace('dbUser: awsuser', 'dbUser: ana'));
    const { exitCode, out } = await runSpawned(['doctor', '--config', blind], env);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^PROBLEM {2}grants +ana is no superuser/m);
    expect(out).toMatch(/^ +sql +ALTER USER "ana" CREATEUSER;$/m);
    expect(out).toMatch(/^unknown {2}slots +the session query was refused: see canary$/m);
  });

  it('doctor --probe asks first, and finds that this cloud answers as it is told to', async () => {
    const unasked = await cli('doctor', '--probe');
    expect(unasked).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('Expected --yes') });
    expect(await cli('doctor', '--yes')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('Expected --probe'),
    });
    const { exitCode, out } = await cli('doctor', '--probe', '--yes', '--json');
    const { counts, sessions, broken } = probeDocument.parse(JSON.parse(out));
    expect({ exitCode, broken, sessions }).toEqual({
      exitCode: 0,
      broken: null,
      sessions: { opened: 6, closed: 6, expiring: 0 },
    });
    expect(counts).toMatchObject({ differs: 0, agrees: 30 });
  }, 60_000);

  it('doctor --url looks at a server without a deployment', async () => {
    const { exitCode, out } = await runSpawned(['doctor', '--url', cloud.postgres.replace('awsuser', 'ana'), '--json']);
    const { stage, checks } = doctorDocument.parse(JSON.parse(out));
    expect({ exitCode, stage }).toEqual({ exitCode: 1, stage: null });
    expect(checks.filter(({ verdict }) => verdict === 'problem').map(({ name }) => name)).toEqual([
      'sees-everyone',
      'may-end',
    ]);
  });

  it('local refuses a port that is taken, and leaves nothing behind', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { exitCode, out, err } = await runSpawned(['local', '--json', '--port', String(port), '--config', config]);
    taken.close();
    expect(exitCode).toBe(1);
    expect(errorDocument.parse(JSON.parse(out)).error.message).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(err).toBe('');
  });

  it.each([
    ['a missing configuration', ['--config', '/nonexistent/slotkeeper.yml'], {}, 2, '/nonexistent/slotkeeper.yml'],
    ['an unknown target', ['--target', 'prod'], {}, 20, 'got "prod"'],
    ['a region that is none', ['--region', 'us east'], {}, 1, '--region'],
    ['an unknown stage', ['--stage', 'prod'], {}, 20, 'There is: local'],
    ['no region', [], { AWS_REGION: undefined }, 1, 'AWS_REGION'],
    [
      'no credentials',
      [],
      { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      1,
      'AWS_ACCESS_KEY_ID=local',
    ],
    [
      'nobody at the endpoint',
      [],
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
      1,
      'Nothing answers at AWS_ENDPOINT_URL=http://127.0.0.1:9',
    ],
  ])('says in one message what to do about %s', async (_, args, changes, exitCode, text) => {
    const ran = await runSpawned(['backends', '--config', config, ...args], { ...env, ...changes });
    expect(ran).toMatchObject({ exitCode, out: '', err: expect.stringContaining(text) });
    expect(ran.err).toMatch(/^slotkeeper: /);
    expect(ran.err).not.toContain('    at ');
  });

  it('backends is refused to a database user who sees only its own sessions', async () => {
    const blind = join(folder, 'blind.yml');
    writeFileSync(blind, AT_ONCE_CONFIG.replace('dbUser: awsuser', 'dbUser: ana'));
    const { exitCode, out, err } = await runSpawned(['backends', '--config', blind], env);
    expect({ exitCode, out }).toEqual({ exitCode: 20, out: '' });
    expect(err).toMatch(/^slotkeeper: .*superuser/);
  });

  it('lists every problem of a configuration', async () => {
    const broken = join(folder, 'broken.yml');
    writeFileSync(
      broken,
      AT_ONCE_CONFIG.replace('warnAfter: 30m', 'warnAftr: 30m').replace('cluster: local', 'cluster: 7'),
    );
    const { exitCode, err } = await runSpawned(['history', '--config', broken], env);
    expect(exitCode).toBe(2);
    expect(err).toContain('warnAfter');
    expect(err).toContain('targets.local.cluster');
  });

  it('local ends on Ctrl-C with everything that it started', async () => {
    const closed = once(cloudProcess, 'close');
    cloudProcess.kill('SIGINT');
    await closed;
    expect(cloudProcess.exitCode).toBe(0);
    expect(await portAnswers(cloud.endpoint)).toBe(false);
    expect(await portAnswers(cloud.postgres)).toBe(false);
  });
});
