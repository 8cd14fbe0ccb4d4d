import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetExecutionHistoryCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isAlive } from '../../local/redshift/wait-until.ts';
import { type LocalDocument, localDocument } from '../../src/cli/json/local-document.ts';
import { createDynamoDbSessionTable } from '../../src/session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { firstLine, spawnCli } from '../cli/spawn-cli.ts';
import { cloudClients, endOfExecution } from '../local/cloud-clients.ts';
import { expectAtRest, expectConsistent } from './consistency.ts';
import { pipelineConfig, TARGET } from './pipeline.ts';
import { until } from './until.ts';

/** The embedded cloud in a process of its own, and a stranger's clients of it. */
interface CloudProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly where: LocalDocument;
  readonly aws: ReturnType<typeof cloudClients>;
  readonly table: SessionTable;
  readonly postmaster: number;
}

interface OpenSession {
  readonly pid: number;
  isEnded(): boolean;
}

/** States of a run in which its process is killed: before it knows anything, while it warns, after it has ended sessions. */
const MOMENTS = ['SubmitSessionQuery', 'PublishNotices', 'WaitForOutcomeQuery'] as const;

let directory: string;
let cloud: CloudProcess;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slotkeeper-killed-'));
  // As root, PostgreSQL runs as somebody else, who must get through to the data.
  await chmod(directory, 0o755);
  cloud = await startProcess();
  const admin = await connectTo(cloud.where, 'awsuser');
  await admin.query('create role ana login; create role bi_sales login; create role etl_nightly login');
  await admin.end();
});

afterAll(async () => {
  const { child, aws, postmaster } = cloud;
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }
  aws.destroy();
  await until('the server is gone', () => (isAlive(postmaster) ? null : true));
  await rm(directory, { recursive: true });
});

async function startProcess(): Promise<CloudProcess> {
  const options = ['--json', '--port', '0', '--postgres-port', '0', '--config', pipelineConfig('seconds.yml')];
  const child = spawnCli(['local', '--data', directory, ...options]);
  const where = localDocument.parse(JSON.parse(await firstLine(child)));
  const aws = cloudClients(where.endpoint);
  const table = createDynamoDbSessionTable({
    client: DynamoDBDocumentClient.from(aws.dynamodb),
    tableName: where.table,
    retentionSeconds: 86_400,
    now: () => new Date(),
  });
  return { child, where, aws, table, postmaster: await readPostmaster() };
}

/** The process id of the PostgreSQL server of our directory, as it wrote it down. */
async function readPostmaster(): Promise<number> {
  const [pid = ''] = (await readFile(join(directory, 'redshift', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

async function connectTo({ postgres }: LocalDocument, user: string): Promise<pg.Client> {
  const url = new URL(postgres);
  url.username = user;
  const client = new pg.Client({ connectionString: url.href });
  // The server goes with its process, and that is what this is about.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function openSession(user: string): Promise<OpenSession> {
  const client = await connectTo(cloud.where, user);
  let ended = false;
  client.once('end', () => {
    ended = true;
  });
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return { pid: rows[0]?.pid ?? 0, isEnded: () => ended };
}

/** Whether anything accepts connections on the port of a URL. */
async function answers(url: string): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port) });
  const answered = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  });
  socket.destroy();
  return answered;
}

async function start(): Promise<string> {
  const { executionArn } = await cloud.aws.sfn.send(
    new StartExecutionCommand({
      stateMachineArn: cloud.where.stateMachines['slotkeeper-local-reap-redshift-sessions'],
      input: JSON.stringify({ target: TARGET, dryRun: false }),
    }),
  );
  return executionArn ?? '';
}

async function statesOf(executionArn: string): Promise<readonly string[]> {
  const { events } = await cloud.aws.sfn.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000 }));
  return (events ?? []).flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
}

/** Runs until the lock of the killed run has expired and a run gets through. */
async function runOnceLockIsFree(): Promise<void> {
  await until('the lock of the killed run expires', async () => {
    const executionArn = await start();
    const { status, error, cause } = await endOfExecution(cloud.aws.sfn, executionArn);
    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED' });
    return (await statesOf(executionArn)).includes('FinishRun') ? true : null;
  });
}

describe('the embedded cloud, killed in the middle of a run', () => {
  // Real seconds pass here: those of the waits and locks of three killed runs.
  it('comes up again on its data, with nobody wrongly ended and no lock for ever', { timeout: 120_000 }, async () => {
    let warned = await openSession('ana');
    await runOnceLockIsFree();
    for (const moment of MOMENTS) {
      const exempt = await openSession('etl_nightly');
      const fresh = await openSession('bi_sales');
      const killed = cloud;
      const executionArn = await start();
      await until(`the run is in ${moment}`, async () =>
        (await statesOf(executionArn)).includes(moment) ? true : null,
      );
      expect([exempt.isEnded(), fresh.isEnded()], moment).toEqual([false, false]);
      const exited = once(killed.child, 'exit');
      killed.child.kill('SIGKILL');
      await exited;
      killed.aws.destroy();

      // At once, while the old server may be still on its way out.
      cloud = await startProcess();
      expect(cloud.postmaster).not.toBe(killed.postmaster);
      await until('the old server is gone', () => (isAlive(killed.postmaster) ? null : true));
      expect(await answers(killed.where.postgres), moment).toBe(false);
      expect(await answers(killed.where.endpoint), moment).toBe(false);
      await expectConsistent(cloud.table, 0);
      const [run] = (await cloud.table.listRuns({ target: TARGET, limit: 1 })).items;
      expect(run, moment).toMatchObject({ runId: executionArn.split(':').at(-1), state: 'running' });
      const claimed = (await cloud.table.listBackends({ target: TARGET, pid: warned.pid })).items.at(0);
      expect(claimed?.state, moment).toBe(moment === 'WaitForOutcomeQuery' ? 'terminating' : 'warned');

      const next = await openSession('ana');
      await runOnceLockIsFree();
      await expectConsistent(cloud.table, 0);
      await expectAtRest(cloud.table, cloud.aws.dynamodb, cloud.where.table);
      // Those of the old server are gone with it, and on record as that; the new one is warned, not ended.
      const gone = (await cloud.table.listBackends({ target: TARGET, pid: warned.pid })).items.at(0);
      expect(gone?.state, moment).toBe(moment === 'WaitForOutcomeQuery' ? 'terminated' : 'gone');
      const live = await cloud.table.listLiveBackends(TARGET);
      expect(live.map(({ identity, state }) => [identity.pid, state])).toEqual([[next.pid, 'warned']]);
      expect(next.isEnded(), moment).toBe(false);
      warned = next;
    }
    await runOnceLockIsFree();
    await until('the warned session is ended', () => (warned.isEnded() ? true : null));
  });
});
