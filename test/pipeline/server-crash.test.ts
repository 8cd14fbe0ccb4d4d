import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { describeRule } from '../../local/faults/fault-plan.ts';
import { faultRule } from '../../local/faults/fault-rule.ts';
import { redshiftFixture } from './engines/redshift-fixture.ts';
import { CRASH_TABLE, LIFE } from './fault-table.ts';
import { lifeOf, recordOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline } from './pipeline.ts';
import { startContractPipeline } from './start-contract-pipeline.ts';

const TARGET = 'stubborn';
const RUN = { target: TARGET, dryRun: false };

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startContractPipeline(redshiftFixture('redshift'));
});
afterEach(async () => {
  pipeline.cloud.faults.clear();
  await pipeline.closeSessions();
  await pipeline.clock.advance(20 * MINUTE);
});
afterAll(() => pipeline.stop());

it('a server that crashes and starts anew takes its sessions along, and no run takes new ones for them', async () => {
  const { cloud, clock } = pipeline;
  const before = await pipeline.open('bi_1');
  expectSucceeded(await pipeline.run(RUN));
  expect(await recordOf(pipeline, before, TARGET)).toMatchObject({ state: 'warned' });

  await cloud.redshift.crash();
  await expect(before.client.query('select 1')).rejects.toThrow();
  await pipeline.signInAgain();
  await clock.advance(20 * MINUTE);
  const after = await pipeline.open('bi_2');
  const run = await pipeline.run(RUN);
  expectSucceeded(run);
  // The one that is gone is not ended, the new one is told first; the session that the reaper kept is opened anew.
  expect(summaryOf(run)).toMatchObject({ counts: { warn: 1, terminate: 0 } });
  expect(await recordOf(pipeline, before, TARGET)).toMatchObject({ state: 'gone' });
  expect(await recordOf(pipeline, after, TARGET)).toMatchObject({ state: 'warned' });
  expect((await after.client.query('select 1 as alive')).rows).toEqual([{ alive: 1 }]);
});

describe('a run that meets', () => {
  it.each(CRASH_TABLE.map((row) => [describeRule(faultRule.parse(row.rule)), row] as const))(
    '%s',
    async (_, { rule, error, due, told, afterwards }) => {
      const sessions = { web: await pipeline.open('web_1'), bi: await pipeline.open('bi_1') };
      pipeline.cloud.faults.add(rule);
      const run = await pipeline.run(RUN);
      pipeline.cloud.faults.clear();
      await pipeline.signInAgain();
      expect({ status: run.status, error: run.error ?? null }).toEqual({
        status: error === null ? 'SUCCEEDED' : 'FAILED',
        error,
      });
      expect(await lifeOf(pipeline, sessions.web, TARGET)).toEqual(LIFE[due]);
      expect(await lifeOf(pipeline, sessions.bi, TARGET)).toEqual(told ? ['warned'] : undefined);

      // Others come in; none is taken for who was there before, and nobody is told twice.
      const newcomer = await pipeline.open('bi_1');
      await pipeline.clock.advance(20 * MINUTE);
      const next = await pipeline.run(RUN);
      expectSucceeded(next);
      expect(summaryOf(next).counts).toMatchObject({ warn: 1, terminate: 0 });
      expect(await lifeOf(pipeline, newcomer, TARGET)).toEqual(['warned']);
      const [web, bi] = [await recordOf(pipeline, sessions.web, TARGET), await recordOf(pipeline, sessions.bi, TARGET)];
      expect(web?.outcome ?? null).toBe(afterwards.due);
      expect(bi?.state ?? null).toBe(afterwards.owner);
    },
  );
});
