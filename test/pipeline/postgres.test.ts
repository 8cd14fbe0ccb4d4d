import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { claimPort } from '../../local/redshift/claim-port.ts';
import { aliveOf, lifeOf, recordOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline, startPipeline, TARGET } from './pipeline.ts';

// The server's clock is the machine's own and idle times are its own: thresholds are 0s, and only the grace, which is
// counted by Slotkeeper's clock, is moved over. Ten minutes between the two clocks are believed.
const config = (port: number) => `
targets:
  ${TARGET}:
    engine: postgres
    host: 127.0.0.1
    port: ${port}
    database: plain
    user: keeper
    auth: { kind: iam, region: us-east-1 }
    tls: { mode: off }
    slots: { limit: 100, keepFree: 10, reserved: 3 }
    caps: { maxTerminations: 1000, maxShare: 100% }
    policy: default
policies:
  default:
    - { name: consoles, match: { user: boss }, terminateAfter: 0s, notice: none }
    - { name: aborted, match: { activity: idle-in-transaction-aborted }, terminateAfter: 0s, notice: none }
    - { name: batches, match: { user: "batch*" }, terminateAfter: 0s, notice: none }
    - { name: apps, match: { user: "app*" }, warnAfter: 0s, terminateAfter: 0s, grace: 5m }
notices: { defaultOwner: data-platform@example.com }
runs: { lockFor: 16m, settle: { rounds: 10, wait: 1s } }
`;

let pipeline: Pipeline;
let directory = '';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'slotkeeper-postgres-'));
  const port = await claimPort(0);
  const configPath = join(directory, 'slotkeeper.yml');
  writeFileSync(configPath, config(port));
  pipeline = await startPipeline({ configPath, postgresPort: port, waitPace: 0.02 }, 'reap-postgres-sessions');
  const { client } = pipeline.admin;
  // The embedded Redshift's own databases have its catalog; template0 is PostgreSQL as it comes.
  await client.query('create database plain template template0');
  await client.query('create role keeper login');
  await client.query('grant pg_monitor, pg_signal_backend to keeper');
});

afterEach(async () => {
  await pipeline.closeSessions();
});

afterAll(async () => {
  await pipeline?.stop();
  rmSync(directory, { recursive: true, force: true });
});

describe('the main job, on a PostgreSQL server that it connects to', () => {
  it('warns, waits for the grace, ends, and sees that they are gone', async () => {
    const { clock, open } = pipeline;
    const [idle, waiting, used] = [await open('app_web'), await open('app_jobs'), await open('app_api')];
    await waiting.client.query('begin');
    await waiting.client.query('select 1');
    const first = await pipeline.run();
    expectSucceeded(first);
    expect(summaryOf(first).counts).toMatchObject({ warn: 3, terminate: 0 });
    expect((await pipeline.cloud.inbox('owners')).length).toBeGreaterThan(0);
    expect(await aliveOf(pipeline, { idle, waiting, used })).toEqual(['idle', 'waiting', 'used']);

    await used.client.query('select 1');
    await clock.advance(6 * MINUTE);
    const second = await pipeline.run();
    expectSucceeded(second);
    expect(second.states.filter((name) => /Postgres|Settled/.test(name))).toEqual(
      expect.arrayContaining(['PlanPostgresActions', 'EndPostgresSessions', 'RecordPostgresOutcomes']),
    );
    expect(summaryOf(second)).toMatchObject({
      counts: { terminate: 2 },
      outcomes: { gone: 2, 'already-gone': 0, denied: 0, 'still-there': 0 },
    });
    expect(await aliveOf(pipeline, { idle, waiting, used })).toEqual(['used']);
    expect(await lifeOf(pipeline, idle)).toEqual(['warned', 'termination-claimed', 'terminated']);
    expect(await recordOf(pipeline, used)).toMatchObject({ state: 'warned' });
  });

  it('tells classes and purposes apart, and ends none that it may not', async () => {
    const { open } = pipeline;
    const [plain, aborted, listener, dump, boss, running] = [
      await open('batch_1'),
      await open('etl'),
      await open('batch_2'),
      await open('batch_3', 'pg_dump'),
      await open('boss'),
      await open('batch_4'),
    ];
    await pipeline.admin.client.query('alter role boss superuser');
    await aborted.client.query('begin');
    await aborted.client.query('select 1/0').catch(() => undefined);
    await listener.client.query('LISTEN jobs');
    const sleeping = running.client.query('select pg_sleep(60)').catch(() => undefined);
    const run = await pipeline.run();
    expectSucceeded(run);
    expect(await aliveOf(pipeline, { plain, aborted, listener, dump, boss, running })).toEqual([
      'listener',
      'dump',
      'boss',
      'running',
    ]);
    expect(summaryOf(run)).toMatchObject({ outcomes: { gone: 2 }, kept: { 'on-purpose': 2, 'may-not-end': 1 } });
    await pipeline.closeSessions();
    await sleeping;
  });

  it('fails by a name that says what to grant, and records nothing, when its user sees too little', async () => {
    const session = await pipeline.open('batch_5');
    await pipeline.admin.client.query('revoke pg_monitor from keeper');
    const run = await pipeline.run();
    await pipeline.admin.client.query('grant pg_monitor to keeper');
    expect(run).toMatchObject({ status: 'FAILED', error: 'CanaryFailed' });
    expect(run.cause).toContain('GRANT pg_monitor');
    expect(await aliveOf(pipeline, { session })).toEqual(['session']);
  });

  it('fails before it asks anything when the other engine’s state machine is started', async () => {
    const { executions, stateMachines } = pipeline.cloud;
    const stateMachineArn = stateMachines['slotkeeper-local-reap-redshift-sessions'] ?? '';
    const input = JSON.stringify({ target: TARGET, dryRun: true });
    const execution = executions.start({ stateMachineArn, input, name: 'wrong-machine' });
    const run = await pipeline.endOf(execution.arn);
    expect(run).toMatchObject({ status: 'FAILED', error: 'EngineMismatch' });
    expect(run.cause).toContain('reap-postgres-sessions');
  });
});
