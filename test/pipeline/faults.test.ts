import { readFileSync } from 'node:fs';
import { DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeRule } from '../../local/faults/fault-plan.ts';
import { faultRule } from '../../local/faults/fault-rule.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';
import { FAULT_TABLE } from './fault-table.ts';
import { aliveOf, lifeOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline } from './pipeline.ts';
import { startContractPipeline } from './start-contract-pipeline.ts';
import { until } from './until.ts';

/** Its rules: `web_*` is due at once without a word, `bi_*` once its owner was told. */
const TARGET = 'stubborn';
const RUN = { target: TARGET, dryRun: false };

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startContractPipeline(redshiftFixture('redshift'), { functionTimeoutSeconds: 4 });
});
afterEach(async () => {
  pipeline.cloud.faults.clear();
  await pipeline.closeSessions();
  // Locks of runs that died are over by then.
  await pipeline.clock.advance(20 * MINUTE);
});
afterAll(() => pipeline.stop());

const LIFE = {
  untouched: undefined,
  claimed: ['termination-claimed'],
  ended: ['termination-claimed', 'terminated'],
};

describe('a run that meets', () => {
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

  it.each([5, -5])('a clock of functions that is off by %i minutes', async (minutes) => {
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

  it('events.Deliver, call 1: twice', async () => {
    const { aws, cloud, clock, machineArn } = pipeline;
    const Name = 'slotkeeper-local-local-schedule';
    await aws.events.send(new EnableRuleCommand({ Name }));
    cloud.faults.add({ on: 'events.Deliver', twice: true });
    const known = new Set(cloud.executions.executions(machineArn).map(({ arn }) => arn));
    const started = () => cloud.executions.executions(machineArn).filter(({ arn }) => !known.has(arn));
    const ended = () => started().filter(({ status }) => status !== 'RUNNING');
    // One is under way for as long as it takes the other one to end.
    const held = pipeline.server.holdNext('look');
    await clock.advance(10 * MINUTE);
    await held.arrived();
    const [skipped] = await until('one has ended', () => (ended().length === 1 ? ended() : null));
    expect(await pipeline.statesOf(skipped?.arn ?? '')).toEqual(['KeepInput', 'BeginRun', 'RunSkipped']);
    await aws.events.send(new DisableRuleCommand({ Name }));
    await held.release();
    await until('both have ended', () => (ended().length === 2 ? true : null));
    expect(started().map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

describe('docs/faults.md', () => {
  it('has a row for each of these faults, which says with what the run ends', () => {
    const page = readFileSync(new URL('../../docs/faults.md', import.meta.url), 'utf8');
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    for (const { rule, error } of FAULT_TABLE) {
      const row = rows.find((line) => line.startsWith(`| \`${describeRule(faultRule.parse(rule))}\` |`));
      expect(row).toContain(error === null ? '| succeeds |' : `| fails: \`${error}\` |`);
    }
  });
});
