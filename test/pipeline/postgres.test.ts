import { describe, expect, it } from 'vitest';
import { postgresFixture } from './engines/postgres-fixture.ts';
import { aliveOf, summaryOf } from './look.ts';
import { expectSucceeded } from './pipeline.ts';
import { describePipeline } from './pipeline-contract.ts';

const pipelineOf = describePipeline(await postgresFixture(18));

describe('a run on PostgreSQL, whose server tells more', () => {
  it('tells classes and purposes apart, and ends none that it may not', async () => {
    const pipeline = pipelineOf();
    const { open } = pipeline;
    const sessions = {
      plain: await open('batch_1'),
      aborted: await open('etl'),
      listener: await open('batch_2'),
      dump: await open('batch_3', 'pg_dump'),
      boss: await open('boss'),
      running: await open('batch_4'),
    };
    const { aborted, listener, running } = sessions;
    await pipeline.admin.client.query('alter role boss superuser');
    await aborted.client.query('begin');
    await aborted.client.query('select 1/0').catch(() => undefined);
    await listener.client.query('LISTEN jobs');
    const sleeping = running.client.query('select pg_sleep(60)').catch(() => undefined);
    const run = await pipeline.run({ target: 'classes', dryRun: false });
    expectSucceeded(run);
    expect(await aliveOf(pipeline, sessions)).toEqual(['listener', 'dump', 'boss', 'running']);
    expect(summaryOf(run)).toMatchObject({ outcomes: { gone: 2 }, kept: { 'on-purpose': 2, 'may-not-end': 1 } });
    await pipeline.closeSessions();
    await sleeping;
  });
});
