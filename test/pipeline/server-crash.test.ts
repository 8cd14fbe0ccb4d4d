import { afterAll, beforeAll, expect, it } from 'vitest';
import { redshiftFixture } from './engines/redshift-fixture.ts';
import { recordOf, summaryOf } from './look.ts';
import { expectSucceeded, MINUTE, type Pipeline } from './pipeline.ts';
import { startContractPipeline } from './start-contract-pipeline.ts';

const TARGET = 'stubborn';
const RUN = { target: TARGET, dryRun: false };

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startContractPipeline(redshiftFixture('redshift'));
});
afterAll(() => pipeline.stop());

it('a server that crashes and starts anew takes its sessions along, and no run takes new ones for them', async () => {
  const { cloud, clock } = pipeline;
  // The test's own session goes with the others: the user must be there already.
  await pipeline.addUser('bi_2');
  const before = await pipeline.open('bi_1');
  expectSucceeded(await pipeline.run(RUN));
  expect(await recordOf(pipeline, before, TARGET)).toMatchObject({ state: 'warned' });

  await cloud.redshift.crash();
  await expect(before.client.query('select 1')).rejects.toThrow();
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
