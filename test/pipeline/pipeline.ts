import { fileURLToPath } from 'node:url';
import { DescribeExecutionCommand, type HistoryEvent, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type pg from 'pg';
import { expect } from 'vitest';
import type { LocalCloud, LocalCloudOptions } from '../../local/local-cloud.ts';
import { startLocalCloud } from '../../local/start-local-cloud.ts';
import { VirtualClock } from '../../local/virtual-clock.ts';
import { readHistory } from '../../scripts/cost/read-history.ts';
import { createDynamoDbSessionTable } from '../../src/session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { cloudClients } from '../local/cloud-clients.ts';
import type { EngineFixture, EngineServer } from './engines/engine-fixture.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';
import { TARGET } from './target.ts';
import { until } from './until.ts';

export { TARGET } from './target.ts';

export const MINUTE = 60_000;

/** One real server session. */
export interface Session {
  readonly client: pg.Client;
  readonly pid: number;
  readonly user: string;
}

/** An execution that has ended, as a stranger's client sees it. */
export interface EndedRun {
  readonly id: string;
  readonly status: string | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** `{ run: … }` of one that finished. */
  readonly output: unknown;
  /** Names of the states it entered, in order. */
  readonly states: readonly string[];
  readonly events: readonly HistoryEvent[];
}

/** The embedded cloud with the deployed state machine and functions, and what a test needs to look at all of it. */
export interface Pipeline {
  readonly cloud: LocalCloud;
  readonly clock: VirtualClock;
  readonly aws: ReturnType<typeof cloudClients>;
  readonly engine: EngineFixture;
  readonly server: EngineServer;
  /** The same table that the functions write, read through the adapter that they use. */
  readonly table: SessionTable;
  readonly machineArn: string;
  /** The test's own session, a superuser's. */
  readonly admin: Session;
  /** Creates a user who may sign in, unless there is one. */
  addUser(user: string): Promise<void>;
  /** Opens a session that is idle from now on; the user is created when it is new. */
  open(user: string, application?: string): Promise<Session>;
  /** Pids of all client sessions of the server. */
  alive(): Promise<ReadonlySet<number>>;
  /** Ends every session that was opened here, and waits until they are gone. */
  closeSessions(): Promise<void>;
  /** Opens the test's own session anew, after the server has crashed. */
  signInAgain(): Promise<void>;
  start(input: unknown): Promise<string>;
  endOf(executionArn: string): Promise<EndedRun>;
  /** Starts an execution and waits for its end. */
  run(input?: unknown): Promise<EndedRun>;
  /** Names of the states that an execution has entered so far. */
  statesOf(executionArn: string): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** The path of a configuration of the pipeline's tests. */
export function pipelineConfig(name: string): string {
  return fileURLToPath(new URL(`../fixtures/pipeline/${name}`, import.meta.url));
}

/** Starts the embedded cloud and the server of an engine, the cloud's own cluster if none is named. */
export async function startPipeline(
  options: LocalCloudOptions,
  engine = redshiftFixture('redshift'),
): Promise<Pipeline> {
  const clock = new VirtualClock();
  const cloud = await startLocalCloud({ port: 0, postgresPort: 0, clock, schedules: false, ...options });
  const aws = cloudClients(cloud.endpoint);
  const table = createDynamoDbSessionTable({
    client: DynamoDBDocumentClient.from(aws.dynamodb),
    tableName: cloud.table,
    retentionSeconds: 86_400,
    now: () => clock.now(),
  });
  const server = await engine.serve(cloud, clock);
  const machineArn = cloud.stateMachines[`slotkeeper-local-${engine.machine}`] ?? '';
  const users = new Map<string, Promise<unknown>>([[engine.superuser, Promise.resolve()]]);
  const sessions: Session[] = [];

  const connect = async (user: string, applicationName: string): Promise<Session> => {
    const client = await server.connect(user, applicationName);
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    return { client, pid: rows[0]?.pid ?? 0, user };
  };
  const admin: { -readonly [Member in keyof Session]: Session[Member] } = await connect(engine.superuser, 'test');

  const addUser = async (user: string) => {
    const created = users.get(user) ?? admin.client.query(`create role ${admin.client.escapeIdentifier(user)} login`);
    users.set(user, created);
    await created;
  };

  const alive = async () => {
    const { rows } = await admin.client.query<{ pid: number }>(
      "select pid from pg_stat_activity where backend_type = 'client backend'",
    );
    return new Set(rows.map(({ pid }) => pid));
  };

  const history = (executionArn: string) => readHistory(aws.sfn, executionArn);

  const start = async (input: unknown): Promise<string> => {
    const { executionArn } = await aws.sfn.send(
      new StartExecutionCommand({ stateMachineArn: machineArn, input: JSON.stringify(input) }),
    );
    return executionArn ?? '';
  };

  const endOf = async (executionArn: string): Promise<EndedRun> => {
    const end = await until('the execution ends', async () => {
      const description = await aws.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return description.status === 'RUNNING' ? null : description;
    });
    const events = await history(executionArn);
    return {
      id: end.name ?? '',
      status: end.status,
      error: end.error,
      cause: end.cause,
      output: end.output === undefined ? null : JSON.parse(end.output),
      states: enteredIn(events),
      events,
    };
  };

  return {
    cloud,
    clock,
    aws,
    engine,
    server,
    table,
    machineArn,
    admin,
    alive,
    start,
    endOf,
    addUser,
    async open(user, application = 'psql') {
      await addUser(user);
      const session = await connect(user, application);
      sessions.push(session);
      return session;
    },
    async closeSessions() {
      const pids = sessions.splice(0).map(({ pid }) => pid);
      await admin.client.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where pid = any($1) and pid <> pg_backend_pid()',
        [pids],
      );
      await until('the sessions are gone', async () => {
        const left = await alive();
        return pids.some((pid) => left.has(pid)) ? null : pids;
      });
    },
    async run(input = { target: TARGET, dryRun: false }) {
      return await endOf(await start(input));
    },
    async signInAgain() {
      sessions.splice(0);
      Object.assign(admin, await connect(engine.superuser, 'test'));
    },
    statesOf: async (executionArn) => enteredIn(await history(executionArn)),
    async stop() {
      await admin.client.end();
      aws.destroy();
      await cloud.stop();
      await server.stop();
    },
  };
}

/** The run went through to its end; what it says about itself on failure is in the message. */
export function expectSucceeded(run: EndedRun): void {
  expect({ status: run.status, error: run.error, cause: run.cause }).toEqual({ status: 'SUCCEEDED' });
}

function enteredIn(events: readonly HistoryEvent[]): string[] {
  return events.flatMap((event) => event.stateEnteredEventDetails?.name ?? []);
}
