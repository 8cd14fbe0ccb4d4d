import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  ListDatabasesCommand,
  ListSessionsCommand,
  ListStatementsCommand,
  type RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatementEvent } from '../../local/data-api/statement-event.ts';
import { DEV, type Harness, refusal, run, startHarness } from './data-api-harness.ts';

const GROUP = { WorkgroupName: 'local-serverless', Database: 'dev' } as const;
const events: StatementEvent[] = [];

let harness: Harness;
let client: RedshiftDataClient;
let guest: pg.Client;
let member: pg.Client;

beforeAll(async () => {
  harness = await startHarness({ maxConnections: 20 });
  await harness.admin.query('create role bi login; create table loads (id int); grant all on loads to bi');
  guest = await harness.redshift.connect({ user: 'bi', database: 'dev', applicationName: 'direct' });
  member = await harness.redshift.connect({ user: 'awsuser', database: 'dev', endpoint: 'workgroup' });
  const served = await harness.serve({
    publishEvent: async (event) => {
      events.push(event);
    },
  });
  client = served.client();
});

afterAll(async () => {
  await guest.end();
  await member.end();
  await harness.stop();
});

const count = async (session: pg.Client, view: string) =>
  Number((await session.query<{ n: string }>(`select count(*) as n from ${view}`)).rows[0]?.n);

describe('a session of the workgroup', () => {
  it.each([
    'stv_sessions',
    'stv_inflight',
    'stv_recents',
    'stv_locks',
    'stl_sessions',
    'stl_connection_log',
    'svl_statementtext',
    'svl_user_info',
  ])('finds nothing in %s, where one of the cluster finds what there is', async (view) => {
    const busy = await harness.redshift.connect({ user: 'bi', database: 'dev' });
    await busy.query('begin; insert into loads values (1)');
    await (await harness.redshift.connect({ user: 'bi', database: 'dev' })).end();
    const running = busy.query('select pg_sleep(20) from loads limit 1').catch((error: unknown) => error);
    await expect.poll(() => count(harness.admin, view)).toBeGreaterThan(0);
    expect(await count(member, view)).toBe(0);
    await harness.admin.query("select pg_terminate_backend(pid) from stv_recents where user_name = 'bi' and pid > 0");
    await running;
  });

  it.each([
    'sys_session_history',
    'sys_query_history',
    'sys_transaction_history',
    'sys_connection_log',
    'svv_transactions',
    'pg_user',
    'svv_user_info',
  ])('finds in %s what one of the cluster finds', async (view) => {
    await guest.query('select 1');
    expect(await count(member, view)).toBeGreaterThan(0);
    expect(await count(harness.admin, view)).toBeGreaterThan(0);
  });

  it('sees who came in directly, with start, application and newest statement', async () => {
    await guest.query('select 7');
    const { rows } = await member.query(
      `select trim(s.user_id) = u.usesysid::text as same_user, trim(s.status) as status, s.end_time as ended,
         date_trunc('second', s.start_time) = s.start_time as whole, trim(c.application_name) as application,
         trim(c.remote_host) as host, trim(q.query_text) as text, trim(q.status) as query_status, trim(q.username) as username,
         trim(t.status) as transaction_status
       from sys_session_history s
       join pg_user u on u.usename = 'bi'
       join sys_connection_log c on c.session_id = s.session_id and trim(c.event) = 'set application_name'
       join sys_query_history q on q.session_id = s.session_id
       join sys_transaction_history t on t.transaction_id = q.transaction_id
       where s.session_id = (select session_id from sys_query_history where trim(query_text) = 'select 7')`,
    );
    expect(rows).toEqual([
      {
        same_user: true,
        status: 'active',
        ended: null,
        whole: true,
        application: 'direct',
        host: '127.0.0.1',
        text: 'select 7',
        query_status: 'success',
        username: 'bi',
        transaction_status: 'committed',
      },
    ]);
  });

  it('leaves the columns of queues empty, which a workgroup has none of', async () => {
    const sql =
      'select service_class_id as id, trim(service_class_name) as name, trim(query_priority) as priority from sys_query_history limit 1';
    expect((await member.query(sql)).rows).toEqual([{ id: -1, name: '', priority: '' }]);
    expect((await harness.admin.query(sql)).rows).toEqual([{ id: 100, name: 'Default queue', priority: 'normal' }]);
  });

  it('cannot become one of the cluster, nor the other way round, whatever it sets', async () => {
    for (const session of [member, harness.admin, guest]) {
      await expect(session.query("set jit_debugging_support = 'on'")).rejects.toThrow(/cannot be (set|changed)/);
      await session.query('reset all');
      await session.query('discard all');
    }
    expect(await count(member, 'stv_sessions')).toBe(0);
    expect(await count(harness.admin, 'stv_sessions')).toBeGreaterThan(0);
  });
});

describe('the Data API on a workgroup', () => {
  it('runs statements and keeps sessions there, and names it in its answers', async () => {
    const opened = await client.send(
      new ExecuteStatementCommand({ ...GROUP, Sql: 'select count(*) from stv_sessions', SessionKeepAliveSeconds: 600 }),
    );
    expect(opened).toMatchObject({ WorkgroupName: 'local-serverless', Database: 'dev', DbUser: 'awsuser' });
    expect(opened).not.toHaveProperty('ClusterIdentifier');
    const described = await client.send(new DescribeStatementCommand({ Id: opened.Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({ Status: 'FINISHED', WorkgroupName: 'local-serverless' });
    expect(described).not.toHaveProperty('ClusterIdentifier');
    const { Records } = await client.send(new GetStatementResultCommand({ Id: opened.Id }));
    expect(Records).toEqual([[{ longValue: 0 }]]);

    const again = await run(client, 'select pg_backend_pid()', { SessionId: opened.SessionId });
    expect(again).toMatchObject({ RedshiftPid: described.RedshiftPid, WorkgroupName: 'local-serverless' });
    const { Sessions } = await client.send(new ListSessionsCommand({ WorkgroupName: 'local-serverless' }));
    expect(Sessions?.map(({ SessionId, WorkgroupName }) => [SessionId, WorkgroupName])).toEqual([
      [opened.SessionId, 'local-serverless'],
    ]);
    expect((await client.send(new ListSessionsCommand({ ClusterIdentifier: 'local' }))).Sessions).toEqual([]);
  });

  it('takes the ARN for the name', async () => {
    const WorkgroupName =
      'arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/5107e28c-5f5e-4b11-8ba7-000000000000';
    const { Id } = await client.send(new ExecuteStatementCommand({ WorkgroupName, Database: 'dev', Sql: 'select 1' }));
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    expect(described).toMatchObject({ Status: 'FINISHED', WorkgroupName: 'local-serverless' });
    const { Statements } = await client.send(new ListStatementsCommand({ WorkgroupName }));
    expect(Statements?.map((statement) => statement.Id)).toContain(Id);
  });

  it('keeps the statements of cluster and workgroup apart in its lists', async () => {
    const inCluster = await run(client, 'select 1', { ...DEV });
    const listed = async (where: { WorkgroupName?: string; ClusterIdentifier?: string }) =>
      (await client.send(new ListStatementsCommand(where))).Statements?.map(({ Id }) => Id);
    expect(await listed({ WorkgroupName: 'local-serverless' })).not.toContain(inCluster.Id);
    expect(await listed({ ClusterIdentifier: 'local' })).toContain(inCluster.Id);
    expect(await listed({})).toContain(inCluster.Id);
  });

  it('answers the questions about the catalog there, too', async () => {
    const { Databases } = await client.send(new ListDatabasesCommand(GROUP));
    expect(Databases).toContain('dev');
  });

  it("names the workgroup's ARN in the event of a statement's end", async () => {
    await run(client, 'select 1', { ...GROUP, ClusterIdentifier: undefined, WithEvent: true });
    await expect
      .poll(() => events.at(-1)?.resources)
      .toEqual(['arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/5107e28c-5f5e-4b11-8ba7-000000000000']);
  });

  it('knows no other workgroup, and no database user of one', async () => {
    const submit = (members: Record<string, string>) =>
      refusal(client.send(new ExecuteStatementCommand({ ...GROUP, Sql: 'select 1', ...members })));
    expect(await submit({ WorkgroupName: 'another' })).toEqual({
      name: 'ValidationException',
      message: "Redshift endpoint doesn't exist in this region.",
    });
    expect(await submit({ DbUser: 'bi' })).toMatchObject({ name: 'ValidationException' });
  });
});
