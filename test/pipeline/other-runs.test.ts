import { DescribeStatementCommand, ListSessionsCommand, ListStatementsCommand } from '@aws-sdk/client-redshift-data';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { aliveOf, keepBusy, lifeOf, pidsIn, recordOf, summaryOf } from './look.ts';
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

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({ configPath: pipelineConfig('minutes.yml'), maxConnections: 40, waitPace: 0.02 });
});

afterEach(async () => {
  await pipeline.closeSessions();
});

afterAll(async () => {
  await pipeline.stop();
});

describe('a run that is not like any other', () => {
  it.each([
    [
      'an unknown target',
      { target: 'lokal' },
      'TargetUnknown',
      /Expected a target of slotkeeper\.yml \(local, workgroup\), got "lokal"/,
    ],
    [
      'an unknown key',
      { target: TARGET, dryrun: true },
      'InvalidRunInput',
      /Expected the input \{"target": string, .*dryrun/,
    ],
    ['a target that is no text', { target: 1 }, 'InvalidRunInput', /target: .*expected string, received number/],
    [
      'a dryRun that is a text',
      { target: TARGET, dryRun: 'yes' },
      'InvalidRunInput',
      /dryRun: .*expected boolean, received string/,
    ],
    ['no target', {}, 'InvalidRunInput', /target: .*expected string, received undefined/],
    ['a list', [TARGET], 'InvalidRunInput', /expected object, received array/],
    ['a text', TARGET, 'InvalidRunInput', /expected object, received string/],
  ])('refuses %s at once, and says what was expected', async (_what, input, error, cause) => {
    const calls = pipeline.cloud.calls.of('redshift-data');
    const run = await pipeline.run(input);
    expect(run).toMatchObject({ status: 'FAILED', error, cause: expect.stringMatching(cause) });
    expect(run.states).toEqual(['KeepInput', 'BeginRun', 'FailRun', 'RunFailed']);
    expect(pipeline.cloud.calls.of('redshift-data')).toBe(calls);
    const alert = (await pipeline.cloud.inbox('operators')).at(-1);
    expect(alert?.body).toMatch(cause);
    expectSucceeded(await pipeline.run());
  });

  it('skips a second run of a target while the first one has its lock', async () => {
    const { clock, cloud } = pipeline;
    expectSucceeded(await pipeline.run());
    const calls = cloud.dataApi.calls.ExecuteStatement;
    cloud.dataApi.faults.next('ExecuteStatement', { delayMs: HOLD_MS });
    const first = await pipeline.start({ target: TARGET, dryRun: false });
    await until('the first run is under way', () => (cloud.dataApi.calls.ExecuteStatement > calls ? true : null));

    const second = await pipeline.run();
    expectSucceeded(second);
    expect(second.states).toEqual(['KeepInput', 'BeginRun', 'RunSkipped']);
    expect(JSON.stringify(second.output)).toContain(
      `Run ${first.split(':').at(-1)} has the lock of target local until`,
    );
    await clock.advance(HOLD_MS);
    expectSucceeded(await pipeline.endOf(first));
    expect((await pipeline.run()).states).toContain('FinishRun');
  });

  it('ends nobody whose owner could not be told, and warns again in the next run', async () => {
    const idle = await pipeline.open('ana');
    const mailsBefore = (await pipeline.cloud.inbox('owners')).length;
    await pipeline.clock.advance(61 * MINUTE);
    pipeline.cloud.failNextPublishes(1);
    const failed = await pipeline.run();
    expectSucceeded(failed);
    expect(summaryOf(failed)).toMatchObject({ counts: { warn: 1 }, notices: { sent: 0, failed: 1 } });
    expect(await recordOf(pipeline, idle)).toBeUndefined();
    await pipeline.clock.advance(16 * MINUTE);
    expect(summaryOf(await pipeline.run())).toMatchObject({ counts: { warn: 1, terminate: 0 }, notices: { sent: 1 } });
    expect(await pipeline.cloud.inbox('owners')).toHaveLength(mailsBefore + 1);
    expect(await aliveOf(pipeline, { idle })).toEqual(['idle']);
    await pipeline.clock.advance(16 * MINUTE);
    expect(summaryOf(await pipeline.run())).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 1 } });
    expect(await aliveOf(pipeline, { idle })).toEqual([]);
  });
});

describe('a run that applies an approved plan', () => {
  it('acts on its members only, and is refused once one has changed, and past its validity', async () => {
    const { clock, cloud } = pipeline;
    const approved = await pipeline.open('ana');
    await clock.advance(2 * MINUTE);
    const later = await pipeline.open('ben');
    await clock.advance(29 * MINUTE);
    const dryRun = async () => {
      const dry = await pipeline.run({ target: TARGET, dryRun: true });
      expectSucceeded(dry);
      return { target: TARGET, apply: { hash: summaryOf(dry).planHash ?? '', runId: dry.id } };
    };
    const plan = await dryRun();

    await clock.advance(5 * MINUTE);
    const applied = await pipeline.run(plan);
    expectSucceeded(applied);
    expect(summaryOf(applied)).toMatchObject({
      dryRun: false,
      planHash: plan.apply.hash,
      counts: { warn: 1, terminate: 0 },
      kept: { 'not-in-plan': 1 },
      notices: { sent: 1, failed: 0 },
    });
    expect(await recordOf(pipeline, approved)).toMatchObject({ state: 'warned' });
    expect(await recordOf(pipeline, later)).toBeUndefined();

    const mails = (await cloud.inbox('owners')).length;
    const again = await pipeline.run(plan);
    const changed = new RegExp(
      `1 changed: pid ${approved.pid} .* is now keep \\(warned-waiting, rule everyone-else\\)`,
    );
    expect(again).toMatchObject({ status: 'FAILED', error: 'PlanChanged', cause: expect.stringMatching(changed) });
    expect(again.states).toContain('FailRun');
    expect((await cloud.inbox('operators')).at(-1)?.body).toMatch(changed);

    const next = await dryRun();
    await clock.advance(16 * MINUTE);
    expect(await pipeline.run(next)).toMatchObject({
      status: 'FAILED',
      error: 'PlanExpired',
      cause: expect.stringMatching(/at most 15m old \(runs\.planValidFor\), it is 16m( \d+s)? old/),
    });
    expect(await cloud.inbox('owners')).toHaveLength(mails);
    expect(await aliveOf(pipeline, { approved, later })).toEqual(['approved', 'later']);
    expectSucceeded(await pipeline.run({ target: TARGET, dryRun: true }));
  });
});

describe('a saturated server', () => {
  /** Takes every slot of ordinary users. */
  async function leakUntilRefused(user: string): Promise<{ leaked: Record<string, Session>; refusal: unknown }> {
    const leaked: Record<string, Session> = {};
    for (;;) {
      try {
        const session = await pipeline.open(user, 'shop');
        leaked[session.pid] = session;
      } catch (refusal) {
        return { leaked, refusal };
      }
    }
  }

  async function sessionOfLastStatement() {
    const { Statements } = await pipeline.aws.redshiftData.send(new ListStatementsCommand({ MaxResults: 1 }));
    const { SessionId, RedshiftPid } = await pipeline.aws.redshiftData.send(
      new DescribeStatementCommand({ Id: Statements?.[0]?.Id }),
    );
    return { sessionId: SessionId, pid: RedshiftPid };
  }

  it.each([
    ['the session that the reaper keeps', true, 'web_shop'],
    // Another client: one that came back as soon as it was ended would be spared.
    ['a slot that the server reserves for superusers, when that session is dead', false, 'web_stand'],
  ])('is entered on %s, and the refused client connects afterwards', async (_what, kept, user) => {
    const { clock, aws } = pipeline;
    expectSucceeded(await pipeline.run());
    const before = await sessionOfLastStatement();
    if (!kept) {
      await pipeline.admin.client.query('select pg_terminate_backend($1::int)', [before.pid]);
      await until('the kept session is gone', async () =>
        (await pipeline.alive()).has(before.pid ?? 0) ? null : true,
      );
    }
    const { leaked, refusal } = await leakUntilRefused(user);
    expect(refusal).toMatchObject({
      code: '53300',
      message: 'remaining connection slots are reserved for roles with the SUPERUSER attribute',
    });

    await clock.advance(31 * MINUTE);
    expectSucceeded(await pipeline.run());
    await clock.advance(30 * MINUTE);
    const ending = await pipeline.run();
    expectSucceeded(ending);
    const after = await sessionOfLastStatement();
    expect(after.sessionId === before.sessionId).toBe(kept);
    expect(after.pid === before.pid).toBe(kept);
    const { Sessions } = await aws.redshiftData.send(new ListSessionsCommand({ Status: 'AVAILABLE' }));
    expect(Sessions?.map(({ SessionId }) => SessionId)).toEqual([after.sessionId]);

    const count = Object.keys(leaked).length;
    expect(count).toBeGreaterThan(30);
    expect(summaryOf(ending)).toMatchObject({ counts: { terminate: count }, outcomes: { gone: count } });
    expect(await aliveOf(pipeline, leaked)).toEqual([]);
    const { client } = await pipeline.open(user, 'shop');
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });
});

describe('a run on a Serverless workgroup', () => {
  it('warns, waits for the grace, ends, and sees them gone, by the views that a workgroup fills', async () => {
    const { clock, cloud } = pipeline;
    const run = async () => {
      const ended = await pipeline.run({ target: 'workgroup', dryRun: false });
      expectSucceeded(ended);
      return summaryOf(ended);
    };
    const sessions = {
      idle: await pipeline.open('ana', 'jupyter'),
      forgetful: await pipeline.open('bi_sales', 'Tableau'),
      exempt: await pipeline.open('etl_nightly'),
      busy: await pipeline.open('reporting'),
      returning: await pipeline.open('ben'),
    };
    const { idle, forgetful, busy, returning } = sessions;
    const mailsBefore = (await cloud.inbox('owners')).length;
    await forgetful.client.query('begin');
    await forgetful.client.query('select count(*) from pg_class');
    await keepBusy(pipeline, busy);

    await clock.advance(31 * MINUTE);
    expect(await run()).toMatchObject({
      target: 'workgroup',
      counts: { warn: 3, terminate: 0 },
      kept: { exempt: 1, own: 1, running: 1, superuser: expect.any(Number), system: 1 },
      notices: { sent: 2, failed: 0 },
    });
    const mails = (await cloud.inbox('owners')).slice(mailsBefore);
    expect(mails.flatMap(pidsIn).sort()).toEqual([idle, forgetful, returning].map(({ pid }) => pid).sort());
    expect((await recordOf(pipeline, idle, 'workgroup'))?.identity).toMatchObject({ user: 'ana', pid: idle.pid });

    await returning.client.query('select 1');
    await clock.advance(16 * MINUTE);
    expect(await run()).toMatchObject({ counts: { warn: 0, terminate: 1, recovered: 1 }, outcomes: { gone: 1 } });
    expect(await recordOf(pipeline, forgetful, 'workgroup')).toMatchObject({ rule: 'forgotten-transactions' });
    await clock.advance(15 * MINUTE);
    expect(await run()).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 1 } });

    expect(await aliveOf(pipeline, sessions)).toEqual(['exempt', 'busy', 'returning']);
    for (const session of [idle, forgetful]) {
      expect(await lifeOf(pipeline, session, 'workgroup')).toEqual(['warned', 'termination-claimed', 'terminated']);
    }
  });
});
