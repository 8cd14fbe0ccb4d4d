import { describe, expect, it } from 'vitest';
import { expectAtRest } from '../consistency.ts';
import { aliveOf, summaryOf } from '../look.ts';
import { type EndedRun, expectSucceeded, type Pipeline, type Session } from '../pipeline.ts';
import { leakUntilRefused } from './saturation.ts';

async function openMany({ open }: Pipeline, count: number, user: string): Promise<Record<string, Session>> {
  const sessions: Record<string, Session> = {};
  for (let index = 0; index < count; index += 1) {
    const session = await open(user, 'shop');
    sessions[session.pid] = session;
  }
  return sessions;
}

/** The run is refused by this error, nobody was claimed or ended, and the operators are told. */
async function expectRefused(pipeline: Pipeline, target: string, error: string): Promise<EndedRun> {
  const told = (await pipeline.cloud.inbox('operators')).length;
  const alive = await pipeline.alive();
  const run = await pipeline.run({ target, dryRun: false });
  expect(run).toMatchObject({ status: 'FAILED', error });
  expect(run.states).not.toContain(pipeline.engine.states.end);
  const mails = (await pipeline.cloud.inbox('operators')).slice(told);
  expect(mails.map(({ subject }) => subject)).toEqual([`Slotkeeper: run for ${target} refused to act (${error})`]);
  expect((await pipeline.table.listBackends({ target })).items).toEqual([]);
  const left = await pipeline.alive();
  expect([...alive].filter((pid) => !left.has(pid))).toEqual([]);
  return run;
}

/** Runs that must not act, and one that acts as little as it must. */
export function describeRefusedRuns(pipelineOf: () => Pipeline): void {
  describe('a run that must not act', () => {
    it('ends nobody when its plan is past a cap', async () => {
      const pipeline = pipelineOf();
      await openMany(pipeline, 6, 'web_shop');
      await expectRefused(pipeline, 'capped', 'CapExceeded');
    });

    it('ends nobody when its user does not see everyone', async () => {
      const pipeline = pipelineOf();
      await openMany(pipeline, 2, 'web_shop');
      const { cause } = await expectRefused(pipeline, 'blind', 'CanaryFailed');
      expect(cause).toMatch(pipeline.engine.engine === 'postgres' ? /GRANT pg_monitor/ : /SYSLOG ACCESS UNRESTRICTED/);
    });

    it('ends nobody when it sees fewer than there must be', async () => {
      const pipeline = pipelineOf();
      await openMany(pipeline, 2, 'web_shop');
      await expectRefused(pipeline, 'floored', 'SnapshotAnomalous');
    });

    it('believes a sudden change once it is seen as often as the configuration says', async () => {
      const pipeline = pipelineOf();
      await openMany(pipeline, 24, 'web_shop');
      const run = async () => await pipeline.run({ target: 'steady', dryRun: false });
      expectSucceeded(await run());
      await pipeline.closeSessions();
      await expectRefused(pipeline, 'steady', 'SnapshotAnomalous');
      expect(await run()).toMatchObject({ status: 'FAILED', error: 'SnapshotAnomalous' });
      expectSucceeded(await run());
    });

    it('warns without announcing an end, and ends nobody, when its user may only look', async () => {
      const pipeline = pipelineOf();
      const sessions = { ...(await openMany(pipeline, 1, 'web_shop')), ...(await openMany(pipeline, 1, 'bi_sales')) };
      const told = (await pipeline.cloud.inbox('owners')).length;
      const run = await pipeline.run({ target: 'looking', dryRun: false });
      expectSucceeded(run);
      expect(summaryOf(run)).toMatchObject({ counts: { warn: 1, terminate: 0 }, kept: { 'may-not-end': 1 } });
      const [mail] = (await pipeline.cloud.inbox('owners')).slice(told);
      expect(mail?.body).toContain('None of them will be ended.');
      const again = await pipeline.run({ target: 'looking', dryRun: false });
      expect(summaryOf(again)).toMatchObject({ counts: { warn: 0, terminate: 0 }, kept: { 'may-not-end': 2 } });
      expect(await aliveOf(pipeline, sessions)).toHaveLength(2);
    });
  });

  describe('a run that does not get in', () => {
    it.each(['elsewhere', 'stranger'] as const)(
      'fails for target %s by a name, and records nothing but itself',
      async (target) => {
        const pipeline = pipelineOf();
        const { table, aws, cloud, engine } = pipeline;
        const told = (await cloud.inbox('operators')).length;
        const error = engine.failures[target];
        const run = await pipeline.run({ target, dryRun: false });
        expect(run).toMatchObject({ status: 'FAILED', error });
        expect((await cloud.inbox('operators')).slice(told).map(({ subject }) => subject)).toEqual([
          expect.stringContaining(`(${error})`),
        ]);
        expect((await table.listRuns({ target, limit: 5 })).items).toMatchObject([
          { runId: run.id, state: 'failed', error: { name: error }, planHash: null },
        ]);
        expect((await table.listBackends({ target })).items).toEqual([]);
        await expectAtRest(table, aws.dynamodb, cloud.table, target);
      },
    );
  });

  describe('a target that ends only below keepFree', () => {
    it('ends as many as are needed, and nobody once enough are free', async () => {
      const pipeline = pipelineOf();
      const { leaked, refusal } = await leakUntilRefused(pipeline, 'web_mob');
      expect(refusal).toMatchObject({ code: '53300' });
      const run = async () => await pipeline.run({ target: 'pressed', dryRun: false });
      const first = await run();
      expectSucceeded(first);
      const opened = Object.keys(leaked).length;
      // The reaper came in on a reserved slot: eleven have to go until ordinary users have ten.
      expect(summaryOf(first)).toMatchObject({
        counts: { terminate: 11 },
        kept: { 'not-needed': opened - 11 },
        outcomes: { gone: 11 },
      });
      expect(summaryOf(await run())).toMatchObject({ counts: { terminate: 0 } });
      expect(await aliveOf(pipeline, leaked)).toHaveLength(opened - 11);
    });
  });
}
