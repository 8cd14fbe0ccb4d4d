import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EnableRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDynamoDbSessionTable } from '../../src/session-table/dynamodb-session-table.ts';
import type { SessionTable } from '../../src/session-table/session-table.ts';
import { LOCAL_CREDENTIALS } from '../cloud-names.ts';
import type { LocalCloud } from '../local-cloud.ts';
import { startLocalCloud } from '../start-local-cloud.ts';
import { countSlots } from './count-slots.ts';
import type { DemoReport } from './demo-report.ts';
import { DEMO_USERS } from './demo-users.ts';
import { watchLifecycle } from './lifecycle-watch.ts';
import { type DemoSessions, openSessions, prepareDatabase } from './open-sessions.ts';
import { watchRuns } from './run-watch.ts';
import { tellNews } from './tell-news.ts';
import { startTenantTraffic, type TenantTraffic } from './tenant-traffic.ts';
import type { Timeline } from './timeline.ts';

const CONFIG = fileURLToPath(new URL('slotkeeper.demo.yml', import.meta.url));
const TARGET = 'local';
const RULE = `slotkeeper-local-${TARGET}-schedule`;
const MACHINE = 'slotkeeper-local-reap-redshift-sessions';

/** 37 slots for ordinary users: few enough that an application leaks them all in a moment. */
const MAX_CONNECTIONS = 40;

/** The demonstration ends by itself; past this it has failed. Milliseconds. */
const DEADLINE_MS = 25_000;

/** How often the demonstration looks at the table, the inbox and the runs. Milliseconds. */
const LOOK_EVERY_MS = 100;

/** How much slower the terminating statement is handed in, so that a client can close its session just before. */
const CLOSING_WINDOW_MS = 500;

/**
 * Shows the main job on real sessions: an application leaks connections until nobody gets in, the schedule runs the
 * state machine, owners are warned, idle sessions are ended, and the application gets in again.
 *
 * @throws Error when the application is not let in again before the deadline
 */
export async function runDemo(timeline: Timeline): Promise<DemoReport> {
  timeline.plain(
    'Slotkeeper, on the embedded cloud: real PostgreSQL sessions, the real state machine, nothing leaves this machine.\n',
  );
  const cloud = await startLocalCloud({
    port: 0,
    postgresPort: 0,
    configPath: CONFIG,
    maxConnections: MAX_CONNECTIONS,
    schedules: false,
  });
  const dynamodb = new DynamoDBClient({
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: LOCAL_CREDENTIALS,
  });
  try {
    timeline.tell(`The embedded cloud answers at ${cloud.endpoint}, PostgreSQL at 127.0.0.1:${cloud.postgres.port}.`);
    await prepareDatabase(cloud.redshift);
    const tenants = await startTenantTraffic(cloud, CONFIG);
    const sessions = await openSessions(cloud.redshift).catch(async (error: unknown) => {
      await tenants.stop();
      throw error;
    });
    try {
      const table = createDynamoDbSessionTable({
        client: DynamoDBDocumentClient.from(dynamodb),
        tableName: cloud.table,
        retentionSeconds: 3600,
        now: () => new Date(),
      });
      return await showRuns({ cloud, sessions, tenants, table }, timeline);
    } finally {
      await sessions.closeAll();
      await tenants.stop();
    }
  } finally {
    dynamodb.destroy();
    await cloud.stop();
  }
}

interface DemoWorld {
  readonly cloud: LocalCloud;
  readonly sessions: DemoSessions;
  readonly tenants: TenantTraffic;
  readonly table: SessionTable;
}

async function showRuns(world: DemoWorld, timeline: Timeline): Promise<DemoReport> {
  const { cloud, sessions, tenants, table } = world;
  const before = await countSlots(cloud.redshift);
  tellOpening(timeline, world, before);
  await enableSchedule(cloud);
  timeline.tell('The schedule is switched on: EventBridge starts a run every 4 seconds.');

  const runs = watchRuns(cloud.executions, cloud.stateMachines[MACHINE] ?? '', cloud.dataApi);
  const lifecycle = watchLifecycle(table, TARGET);
  const cost = { runs: 0, transitions: 0, dataApiCalls: 0 };
  let mails = 0;
  let letIn = false;
  let lastRunId: string | null = null;
  const deadline = Date.now() + DEADLINE_MS;

  while (Date.now() < deadline) {
    if (runs.hasEntered('PlanActions')) {
      cloud.dataApi.faults.next('ExecuteStatement', {
        caller: LOCAL_CREDENTIALS.accessKeyId,
        delayMs: CLOSING_WINDOW_MS,
      });
    }
    const news = await lifecycle.news();
    for (const line of tellNews(news)) {
      timeline.tell(line);
    }
    const inbox = await cloud.inbox('owners');
    for (const mail of inbox.slice(mails)) {
      timeline.tell(`E-mail to ${mail.attributes['owner']}: ${mail.subject}`);
      if (mails === 0 || mail.attributes['owner'] === 'bi-team@example.com') {
        timeline.quote(mail.body);
      }
      mails += 1;
    }
    if (news.some(({ record, event }) => event.type === 'warned' && record.identity.user === DEMO_USERS.returning)) {
      await sessions.returning.query('select count(*) from sales');
      timeline.tell(`${DEMO_USERS.returning} reads the warning and runs a query.`);
    }
    if (
      news.some(
        ({ record, event }) => event.type === 'termination-claimed' && record.identity.user === DEMO_USERS.leaving,
      )
    ) {
      await sessions.leaving.end();
      timeline.tell(`${DEMO_USERS.leaving} closes the session, after the look and before the kill.`);
    }
    for (const { execution, skipped, dataApiCalls } of runs.ended()) {
      if (skipped) {
        timeline.tell('A run found the lock taken and did nothing.');
        continue;
      }
      cost.runs += 1;
      cost.transitions = Math.max(cost.transitions, execution.transitions);
      cost.dataApiCalls = Math.max(cost.dataApiCalls, dataApiCalls);
      lastRunId = execution.name;
      timeline.tell(
        `Run ${cost.runs} ${execution.status}: ${execution.transitions} transitions, ${dataApiCalls} Data API calls.`,
      );
      if (letIn) {
        await tenants.stop();
        return await makeReport(world, { ...cost, before, lastRunId });
      }
      letIn = await tryToGetIn(sessions, timeline);
    }
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(
    `Expected the refused application to be let in again and one more run within ${DEADLINE_MS / 1000} s; ${cost.runs} runs ended, the last was ${lastRunId ?? 'none'}. The timeline above says how far it came.`,
  );
}

async function enableSchedule(cloud: LocalCloud): Promise<void> {
  const events = new EventBridgeClient({
    endpoint: cloud.endpoint,
    region: cloud.region,
    credentials: LOCAL_CREDENTIALS,
  });
  await events.send(new EnableRuleCommand({ Name: RULE })).finally(() => events.destroy());
}

function tellOpening(
  timeline: Timeline,
  { sessions: { leaked }, tenants }: DemoWorld,
  slots: { limit: number; taken: number },
): void {
  timeline.tell(
    `Tenants query all the while: ${tenants.callers} callers at once, on ${tenants.figures().sessions} sessions of the pool.`,
  );
  timeline.tell(`${DEMO_USERS.dashboards} leaves 4 dashboards open, ${DEMO_USERS.etl} (exempt) keeps 2 sessions.`);
  timeline.tell(
    `${DEMO_USERS.forgetful} forgets a transaction that holds a lock; ${DEMO_USERS.busy} runs a query throughout.`,
  );
  timeline.tell(`${DEMO_USERS.leakingApp} leaks ${leaked.connections} connections; the next one is refused:`);
  timeline.quote(`FATAL ${leaked.sqlstate}: ${leaked.refusedWith}`);
  timeline.tell(`Slots taken: ${slots.taken} of ${slots.limit}.`);
}

async function tryToGetIn(sessions: DemoSessions, timeline: Timeline): Promise<boolean> {
  try {
    await sessions.connectLeakingApp();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === '53300') {
      return false;
    }
    throw error;
  }
  timeline.tell(`${DEMO_USERS.leakingApp} tries again, and gets in.`);
  return true;
}

async function makeReport(
  { cloud, table, tenants }: DemoWorld,
  facts: {
    runs: number;
    transitions: number;
    dataApiCalls: number;
    before: { limit: number; taken: number };
    lastRunId: string;
  },
): Promise<DemoReport> {
  const { items } = await table.listBackends({ target: TARGET });
  const { items: runs } = await table.listRuns({ target: TARGET });
  const having = (type: string) => items.filter((record) => record.events.some((event) => event.type === type)).length;
  const terminated = items.filter((record) => record.state === 'terminated');
  const after = await countSlots(cloud.redshift);
  return {
    runs: facts.runs,
    warned: having('warned'),
    terminated: terminated.length,
    recovered: having('recovered'),
    kept: runs.find((run) => run.runId === facts.lastRunId)?.counts?.keep ?? 0,
    gone: terminated.filter(({ outcome }) => outcome === 'gone' || outcome === 'already-gone').length,
    slots: { limit: facts.before.limit, before: facts.before.taken, after: after.taken },
    pool: tenants.figures(),
    transitionsPerRun: facts.transitions,
    dataApiCallsPerRun: facts.dataApiCalls,
  };
}
