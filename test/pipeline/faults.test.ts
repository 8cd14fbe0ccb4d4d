import { readFileSync } from 'node:fs';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { ListSessionsCommand } from '@aws-sdk/client-redshift-data';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeRule } from '../../local/faults/fault-plan.ts';
import { faultRule } from '../../local/faults/fault-rule.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';
import { CRASH_TABLE, FAULT_TABLE, LIFE } from './fault-table.ts';
import { aliveOf, lifeOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline } from './pipeline.ts';
import { startContractPipeline } from './start-contract-pipeline.ts';
import { until } from './until.ts';

/** Its rules: `web_*` is due at once without a word, `bi_*` once its owner was told. */
const TARGET = 'stubborn';
const RUN = { target: TARGET, dryRun: false };

let pipeline: Pipeline;
/** What functions and the cloud wrote. */
const log: string[] = [];

beforeAll(async () => {
  pipeline = await startContractPipeline(redshiftFixture('redshift'), {
    functionTimeoutSeconds: 5,
    // The six tries of a throttled run take up to half a minute.
    functionEnvironment: { AWS_MAX_ATTEMPTS: '3' },
    log: ({ source, text }) => log.push(`${source}: ${text}`),
  });
});
afterEach(async () => {
  pipeline.cloud.faults.clear();
  await pipeline.closeSessions();
  // Locks of runs that died are over by then.
  await pipeline.clock.advance(20 * MINUTE);
});
afterAll(() => pipeline.stop());

describe('a run that meets', { timeout: 120_000 }, () => {
  it.each(FAULT_TABLE.map((row) => [describeRule(faultRule.parse(row.rule)), row] as const))(
    '%s',
    async (_, { rule, error, due, told }) => {
      const sessions = { web: await pipeline.open('web_1'), bi: await pipeline.open('bi_1') };
      pipeline.cloud.faults.add(rule);
      const run = await pipeline.run(RUN);
      pipeline.cloud.faults.clear();
      expect({ status: run.status, error: run.error ?? null }).toEqual({
        status: error === null ? 'SUCCEEDED' : 'FAILED',
        error,
      });
      expect(await lifeOf(pipeline, sessions.web, TARGET)).toEqual(LIFE[due]);
      expect(await lifeOf(pipeline, sessions.bi, TARGET)).toEqual(told ? ['warned'] : undefined);

      // Whatever it left, the next run settles; who was told is ended, who was not is told.
      await pipeline.clock.advance(20 * MINUTE);
      expectSucceeded(await pipeline.run(RUN));
      expect(await aliveOf(pipeline, sessions)).toEqual(told ? [] : ['bi']);
      expect((await lifeOf(pipeline, sessions.web, TARGET))?.at(-1)).toBe('terminated');
      expect((await lifeOf(pipeline, sessions.bi, TARGET))?.at(-1)).toBe(told ? 'terminated' : 'warned');
    },
  );

  it.each([
    ['+', 5],
    ['-', -5],
  ])('clock of functions: %s300s', async (_, minutes) => {
    const sessions = { web: await pipeline.open('web_1'), bi: await pipeline.open('bi_1') };
    pipeline.cloud.lambda.pool.setClockSkew(minutes * MINUTE);
    const first = await pipeline.run(RUN);
    await pipeline.clock.advance(20 * MINUTE);
    const second = await pipeline.run(RUN);
    pipeline.cloud.lambda.pool.setClockSkew(0);
    expectSucceeded(first);
    expect(summaryOf(first)).toMatchObject({ counts: { warn: 1, terminate: 1 }, outcomes: { gone: 1 } });
    expectSucceeded(second);
    expect(await aliveOf(pipeline, sessions)).toEqual([]);
  });

  it('an index that goes on to show what is over ends and tells nobody once more', async () => {
    const sessions = { web: await pipeline.open('web_1'), bi: await pipeline.open('bi_1') };
    expectSucceeded(await pipeline.run(RUN));
    pipeline.cloud.faults.add({ on: 'dynamodb.Query', times: 'always', staleIndex: 'frozen' });
    await pipeline.clock.advance(20 * MINUTE);
    const ends = await pipeline.run(RUN);
    expect(summaryOf(ends).outcomes).toMatchObject({ gone: 1 });
    const LIVES = [LIFE.ended, ['warned', ...LIFE.ended]];
    const lives = async () => [
      await lifeOf(pipeline, sessions.web, TARGET),
      (await lifeOf(pipeline, sessions.bi, TARGET))?.filter((type) => type !== 'reconnected'),
    ];
    expect(await lives()).toEqual(LIVES);

    // The index still shows the one as warned; newcomers are told and ended as ever.
    const others = { web: await pipeline.open('web_1'), bi: await pipeline.open('bi_1') };
    await pipeline.clock.advance(20 * MINUTE);
    const late = await pipeline.run(RUN);
    expectSucceeded(late);
    expect(summaryOf(late)).toMatchObject({ counts: { warn: 1, terminate: 1 }, outcomes: { gone: 1 } });
    expect(await lives()).toEqual(LIVES);
    expect(await aliveOf(pipeline, others)).toEqual(['bi']);
  });

  it.each([
    ['twice', { twice: true }, 0],
    ['again after 30s', { again: '30s' }, 30_000],
  ] as const)('events.Deliver, call 1: %s', async (_, effect, later) => {
    const { aws, cloud, clock, machineArn } = pipeline;
    const Name = 'slotkeeper-local-local-schedule';
    await aws.events.send(new EnableRuleCommand({ Name }));
    cloud.faults.add({ on: 'events.Deliver', ...effect });
    const known = new Set(cloud.executions.executions(machineArn).map(({ arn }) => arn));
    const started = () => cloud.executions.executions(machineArn).filter(({ arn }) => !known.has(arn));
    const ended = () => started().filter(({ status }) => status !== 'RUNNING');
    // One is under way for as long as it takes the other one to end.
    const held = pipeline.server.holdNext('look');
    await clock.advance(10 * MINUTE);
    await held.arrived();
    if (later > 0) {
      expect(ended()).toEqual([]);
      await clock.advance(later);
    }
    const [skipped] = await until('one has ended', () => (ended().length === 1 ? ended() : null));
    expect(await pipeline.statesOf(skipped?.arn ?? '')).toEqual(['KeepInput', 'HasTurn', 'BeginRun', 'RunSkipped']);
    await aws.events.send(new DisableRuleCommand({ Name }));
    await held.release();
    await until('both have ended', () => (ended().length === 2 ? true : null));
    expect(started().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

it('no SQL and no SessionId is in what was written meanwhile', async () => {
  const lists = await Promise.all(
    (['AVAILABLE', 'CLOSED'] as const).map((Status) =>
      pipeline.aws.redshiftData.send(new ListSessionsCommand({ Status })),
    ),
  );
  const Sessions = lists.flatMap((list) => list.Sessions ?? []);
  const written = log.join('\n');
  expect(written.length).toBeGreaterThan(1_000);
  expect(Sessions.length).toBeGreaterThan(0);
  expect(Sessions.filter(({ SessionId }) => written.includes(SessionId ?? ''))).toEqual([]);
  expect(written).not.toMatch(/stv_sessions|pg_terminate_backend/);
});

describe('docs/faults.md', () => {
  it('has a row for each of these faults, which says with what the run ends, and no other row', () => {
    const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
    const section = /\n## What a run comes to\n(.*?)\n## /s.exec(page)?.[1] ?? '';
    const rows = section.split('\n').flatMap((line) => /^(\| `.*?) \| [^|]+ \|$/.exec(line)?.[1] ?? []);
    const held = [...FAULT_TABLE, ...CRASH_TABLE].map(({ rule, error, due, told }) => {
      const run = error === null ? 'succeeds' : `fails: \`${error}\``;
      return `| \`${describeRule(faultRule.parse(rule))}\` | ${run} | ${due} | ${told ? 'told' : 'not told'}`;
    });
    const others = ['clock of functions: +300s', 'clock of functions: -300s'];
    const overlaps = ['events.Deliver, call 1: twice', 'events.Deliver, call 1: again after 30s'];
    held.push(...others.map((fault) => `| \`${fault}\` | succeeds | ended | told`));
    held.push(...overlaps.map((fault) => `| \`${fault}\` | succeeds | ended | told`));
    expect(rows.toSorted()).toEqual(held.toSorted());
  });
});
