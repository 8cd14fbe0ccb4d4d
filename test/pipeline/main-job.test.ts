import { DescribeRuleCommand, DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aliveOf, eventsOf, keepBusy, lifeOf, pidsIn, recordOf, summaryOf } from './look.ts';
import {
  expectSucceeded,
  MINUTE,
  type Pipeline,
  pipelineConfig,
  type Session,
  startPipeline,
  TARGET,
} from './pipeline.ts';
import { until } from './until.ts';

/** Longer than any run takes on the cloud's clock: a call that is held by it is let go by moving the clock. */
const HOLD_MS = 2 * MINUTE;

/** Timers that never ring: only the clock's advance makes a schedule fire. */
const HELD_TIMERS = { set: () => setTimeout(() => undefined, 0), clear: () => undefined };

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    configPath: pipelineConfig('minutes.yml'),
    waitPace: 0.02,
    scheduleTimers: HELD_TIMERS,
  });
});

afterEach(async () => {
  await pipeline.closeSessions();
});

afterAll(async () => {
  await pipeline.stop();
});

/** The mails to owners that came after so many earlier ones. */
const mailsSince = async (count: number) => (await pipeline.cloud.inbox('owners')).slice(count);

/** Starts a run on the kept session and holds it between its claims and its guarded statement, until the clock is moved. */
async function startAndHoldBeforeKill(): Promise<string> {
  const { dataApi } = pipeline.cloud;
  const calls = dataApi.calls.ExecuteStatement;
  dataApi.faults.next('ExecuteStatement', {});
  dataApi.faults.next('ExecuteStatement', { delayMs: HOLD_MS });
  const arn = await pipeline.start({ target: TARGET, dryRun: false });
  await until('the guarded statement is handed in', () => (dataApi.calls.ExecuteStatement === calls + 2 ? true : null));
  return arn;
}

describe('the main job, on real sessions', () => {
  it('warns once per idle spell, ends those still idle after their grace, and leaves everyone else alone', async () => {
    const { clock, open } = pipeline;
    const mailsBefore = (await pipeline.cloud.inbox('owners')).length;
    const sessions = {
      dashboardA: await open('bi_sales', 'Tableau'),
      dashboardB: await open('bi_sales', 'Tableau'),
      exempt: await open('etl_nightly', 'airflow'),
      forgetful: await open('ana', 'DBeaver'),
      busy: await open('reporting', 'metabase'),
      returning: await open('ben'),
      leaving: await open('cleo', 'jupyter'),
      waking: await open('dora', 'jupyter'),
      superuser: await open('awsuser'),
    };
    const { dashboardA, dashboardB, forgetful, busy, returning, leaving, waking, superuser } = sessions;
    await superuser.client.query('create table if not exists sales (amount int)');
    await superuser.client.query('grant select, insert, update on sales to public');
    await forgetful.client.query('begin');
    await forgetful.client.query('lock table sales in share row exclusive mode');
    await keepBusy(pipeline, busy);

    // After half an hour: everyone who is idle and not exempt is warned, nobody is ended.
    await clock.advance(31 * MINUTE);
    const first = await pipeline.run();
    expectSucceeded(first);
    expect(summaryOf(first)).toMatchObject({
      target: TARGET,
      dryRun: false,
      state: 'succeeded',
      counts: { warn: 6, terminate: 0, recovered: 0 },
      // The superusers are the test's own session and the one opened above; the system's is the embedded server's keeper.
      kept: { exempt: 1, own: 1, running: 1, superuser: 2, system: 1 },
      notices: { sent: 2, failed: 0 },
    });
    expect(await aliveOf(pipeline, sessions)).toEqual(Object.keys(sessions));
    expect(eventsOf(pipeline, first)).toEqual(
      expect.arrayContaining([
        ...[dashboardA, dashboardB, forgetful, returning, leaving, waking].map(({ pid }) => ({
          type: 'Backend Warned',
          pid,
        })),
        { type: 'Run Finished', pid: undefined },
      ]),
    );
    expect(eventsOf(pipeline, first)).toHaveLength(7);

    const mails = await mailsSince(mailsBefore);
    expect(
      mails.map(({ attributes }) => attributes).sort((a, b) => String(a['owner']).localeCompare(String(b['owner']))),
    ).toEqual([
      { target: TARGET, owner: 'bi-team@example.com', action: 'warn' },
      { target: TARGET, owner: 'data-platform@example.com', action: 'warn' },
    ]);
    for (const mail of mails) {
      expect(mail.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
      const theirs = mail.attributes['owner'] === 'bi-team@example.com';
      const told = theirs ? [dashboardA, dashboardB] : [forgetful, returning, leaving, waking];
      expect(pidsIn(mail).sort()).toEqual(told.map(({ pid }) => pid).sort());
    }

    // One reads the mail and comes back to life. The transaction's own, shorter terms are over: it goes, and its lock with it.
    await returning.client.query('select 1');
    await clock.advance(16 * MINUTE);
    const second = await pipeline.run();
    expectSucceeded(second);
    expect(summaryOf(second)).toMatchObject({
      counts: { warn: 0, terminate: 1, recovered: 1 },
      outcomes: { gone: 1 },
    });
    expect(await aliveOf(pipeline, sessions)).toEqual(Object.keys(sessions).filter((name) => name !== 'forgetful'));
    const { rows: locks } = await pipeline.admin.client.query(
      "select pid from pg_locks where relation = 'sales'::regclass",
    );
    expect(locks).toEqual([]);
    expect(await recordOf(pipeline, forgetful)).toMatchObject({
      state: 'terminated',
      outcome: 'gone',
      rule: 'forgotten-transactions',
    });
    expect(await lifeOf(pipeline, forgetful)).toEqual(['warned', 'termination-claimed', 'terminated']);
    expect(await recordOf(pipeline, returning)).toMatchObject({ state: 'recovered', receipt: null, claim: null });
    expect(eventsOf(pipeline, second)).toEqual(
      expect.arrayContaining([{ type: 'Backend Recovered', pid: returning.pid }]),
    );
    expect(await mailsSince(mailsBefore)).toHaveLength(2);

    // The hour is over. Between look and kill, one client closes its session and another one runs a query again.
    await clock.advance(15 * MINUTE);
    const held = await startAndHoldBeforeKill();
    await leaving.client.end();
    await until('the closed session is gone', async () => ((await pipeline.alive()).has(leaving.pid) ? null : true));
    await keepBusy(pipeline, waking);
    await clock.advance(HOLD_MS);
    const third = await pipeline.endOf(held);
    expectSucceeded(third);
    expect(summaryOf(third)).toMatchObject({
      counts: { warn: 1, terminate: 4, recovered: 0 },
      outcomes: { gone: 2, 'already-gone': 1, 'busy-again': 1, denied: 0, 'still-there': 0 },
      unclaimed: {},
      notices: { sent: 1, failed: 0 },
    });
    expect(await aliveOf(pipeline, sessions)).toEqual(['exempt', 'busy', 'returning', 'waking', 'superuser']);
    for (const session of [dashboardA, dashboardB]) {
      const record = await recordOf(pipeline, session);
      expect(record).toMatchObject({ state: 'terminated', outcome: 'gone', owner: 'bi-team@example.com' });
      const claimedAt = record?.events.find(({ type }) => type === 'termination-claimed')?.at ?? '';
      expect(Date.parse(claimedAt) - Date.parse(record?.receipt?.at ?? '')).toBeGreaterThanOrEqual(15 * MINUTE);
    }
    expect(await recordOf(pipeline, leaving)).toMatchObject({ state: 'terminated', outcome: 'already-gone' });
    expect(await recordOf(pipeline, waking)).toMatchObject({ state: 'recovered', outcome: 'busy-again' });

    // Three runs, one warning per idle spell: only the one that came back, and idled on, was told twice.
    const tellings = (await mailsSince(mailsBefore)).flatMap(pidsIn);
    const times = (session: Session) => tellings.filter((pid) => pid === session.pid).length;
    expect([dashboardA, dashboardB, forgetful, leaving, waking].map(times)).toEqual([1, 1, 1, 1, 1]);
    expect(times(returning)).toBe(2);
    expect(await lifeOf(pipeline, returning)).toEqual(['warned', 'recovered', 'warned']);
    for (const spared of [sessions.exempt, busy, superuser, pipeline.admin]) {
      expect(times(spared)).toBe(0);
      expect(await recordOf(pipeline, spared)).toBeUndefined();
    }
  });

  it('starts by its schedule once that is enabled, and by nothing else', async () => {
    const { clock, aws, machineArn } = pipeline;
    const idle = await pipeline.open('ana');
    const Name = 'slotkeeper-local-local-schedule';
    expect(await aws.events.send(new DescribeRuleCommand({ Name }))).toMatchObject({
      State: 'DISABLED',
      ScheduleExpression: 'rate(10 minutes)',
    });
    const executions = async () =>
      (await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn, maxResults: 1000 }))).executions ??
      [];
    const before = (await executions()).length;
    await clock.advance(31 * MINUTE);
    expect(await executions()).toHaveLength(before);

    await aws.events.send(new EnableRuleCommand({ Name }));
    await clock.advance(11 * MINUTE);
    const [started, ...others] = await executions();
    expect(others).toHaveLength(before);
    const run = await pipeline.endOf(started?.executionArn ?? '');
    await aws.events.send(new DisableRuleCommand({ Name }));
    expectSucceeded(run);
    expect(summaryOf(run)).toMatchObject({ target: TARGET, dryRun: false, counts: { warn: 1 } });
    expect(await recordOf(pipeline, idle)).toMatchObject({ state: 'warned' });
  });

  it('comes in a dry run to the plan of the real one, and acts on nothing', async () => {
    const { clock, cloud } = pipeline;
    const toBeEnded = await pipeline.open('ana');
    const returning = await pipeline.open('ben');
    await clock.advance(31 * MINUTE);
    expectSucceeded(await pipeline.run());
    await clock.advance(15 * MINUTE);
    const toBeWarned = await pipeline.open('bi_sales');
    await clock.advance(31 * MINUTE);
    await returning.client.query('select 1');

    const look = async () => ({
      backends: (await pipeline.table.listBackends({ target: TARGET })).items,
      mails: await cloud.inbox('owners'),
      alive: await aliveOf(pipeline, { toBeEnded, toBeWarned }),
    });
    const before = await look();
    const dry = await pipeline.run({ target: TARGET, dryRun: true });
    expectSucceeded(dry);
    expect(await look()).toEqual(before);
    expect(await pipeline.table.listNotices({ target: TARGET, runId: dry.id })).toEqual([]);
    expect(before.alive).toEqual(['toBeEnded', 'toBeWarned']);
    expect(dry.states).not.toContain('PublishNotices');
    expect(dry.states).not.toContain('SubmitTermination');
    expect(eventsOf(pipeline, dry)).toEqual([{ type: 'Run Finished', pid: undefined }]);

    const real = await pipeline.run();
    expectSucceeded(real);
    expect(summaryOf(dry)).toMatchObject({ dryRun: true, counts: { warn: 1, terminate: 1, recovered: 1 } });
    expect(summaryOf(real)).toMatchObject({ dryRun: false, counts: { warn: 1, terminate: 1, recovered: 1 } });
    expect(summaryOf(real).planHash).toMatch(/^[0-9a-f]{64}$/);
    expect(summaryOf(dry).planHash).toBe(summaryOf(real).planHash);
    expect(await aliveOf(pipeline, { toBeEnded, toBeWarned })).toEqual(['toBeWarned']);
  });

  it('keeps a session for its owner by the link in the mail, once it is confirmed, and ends it when that is over', async () => {
    const { clock, cloud } = pipeline;
    const mailsBefore = (await cloud.inbox('owners')).length;
    const sessions = {
      kept: await pipeline.open('bi_sales', 'Tableau'),
      other: await pipeline.open('bi_sales', 'psql'),
    };
    await clock.advance(31 * MINUTE);
    expectSucceeded(await pipeline.run());
    const [mail] = await mailsSince(mailsBefore);
    const link = new RegExp(`^ +${sessions.kept.pid} +(http\\S+)$`, 'm').exec(mail?.body ?? '')?.[1] ?? '';
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/functions\/snooze-session\/\?link=/);

    // Mail programs open links by themselves: that changes nothing. The key has been rotated since.
    const rotated = { SecretId: 'slotkeeper-local-snooze-key', SecretString: 'another key '.repeat(6) };
    await pipeline.aws.secrets.send(new PutSecretValueCommand(rotated));
    for (let n = 0; n < 2; n += 1) {
      const page = await fetch(link);
      expect(page.status).toBe(200);
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(await page.text()).toContain('Keep it for 8h');
    }
    expect((await fetch(link.replace('link=', 'link=A'), { method: 'POST' })).status).toBe(403);
    expect(await recordOf(pipeline, sessions.kept)).toMatchObject({ state: 'warned', version: 1 });

    const kept = await fetch(link, { method: 'POST' });
    expect(kept.status).toBe(200);
    const record = await recordOf(pipeline, sessions.kept);
    expect(record).toMatchObject({ state: 'snoozed', snooze: { by: 'link:bi-team@example.com', seconds: 28_800 } });
    expect(await kept.text()).toContain(`It is kept until ${record?.endsAt?.slice(0, 19).replace('T', ' ')} UTC.`);
    expect(cloud.events.events.at(-1)).toMatchObject({
      'detail-type': 'Backend Snoozed',
      detail: { pid: sessions.kept.pid, by: 'link:bi-team@example.com' },
    });

    await clock.advance(46 * MINUTE);
    const second = await pipeline.run();
    expectSucceeded(second);
    expect(summaryOf(second)).toMatchObject({ kept: { snoozed: 1 }, counts: { terminate: 1 }, outcomes: { gone: 1 } });
    expect(await aliveOf(pipeline, sessions)).toEqual(['kept']);

    await clock.advance(8 * 60 * MINUTE);
    const third = await pipeline.run();
    expect(summaryOf(third)).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 1 } });
    expect(await lifeOf(pipeline, sessions.kept)).toEqual(['warned', 'snoozed', 'termination-claimed', 'terminated']);
    expect((await fetch(link, { method: 'POST' })).status).toBe(410);
  });

  it('keeps a session for as long as a later SET of its client asks, and not past that', async () => {
    const { clock } = pipeline;
    const program = await pipeline.open('ana', 'nightly');
    await clock.advance(20 * MINUTE);
    await program.client.query("set application_name to 'nightly keep=90m'");
    await clock.advance(61 * MINUTE);
    const dry = await pipeline.run({ target: TARGET, dryRun: true });
    expect(await recordOf(pipeline, program)).toBeUndefined();
    const first = await pipeline.run();
    expect(summaryOf(first)).toMatchObject({ kept: { snoozed: 1 }, counts: { warn: 0, terminate: 0 } });
    expect(summaryOf(first).planHash).toBe(summaryOf(dry).planHash);
    const record = await recordOf(pipeline, program);
    expect(record).toMatchObject({ state: 'snoozed', snooze: { by: 'sql:ana', seconds: 5400 }, receipt: null });
    // Of the SET itself, which was activity: 61 minutes of the 90 are over.
    const left = Date.parse(record?.endsAt ?? '') - clock.now().getTime();
    expect(left / MINUTE).toBeGreaterThan(28);
    expect(left / MINUTE).toBeLessThan(29.1);

    await clock.advance(30 * MINUTE);
    expect(summaryOf(await pipeline.run())).toMatchObject({ counts: { warn: 1 } });
    await clock.advance(16 * MINUTE);
    expect(summaryOf(await pipeline.run())).toMatchObject({ outcomes: { gone: 1 } });
    expect(await lifeOf(pipeline, program)).toEqual(['snoozed', 'warned', 'termination-claimed', 'terminated']);
  });
});
