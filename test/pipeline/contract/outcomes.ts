import { describe, expect, it } from 'vitest';
import { ROUNDS } from '../contract-config.ts';
import { aliveOf, keepBusy, lifeOf, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline } from '../pipeline.ts';
import { until } from '../until.ts';

/** Ends that the server has its own mind about. */
export function describeOutcomes(pipelineOf: () => Pipeline): void {
  describe('an end that the server has its own mind about', () => {
    it('is told apart for each victim when the right to end others is lost before the guarded statement', async () => {
      const pipeline = pipelineOf();
      const { admin, engine, open, server } = pipeline;
      const run = async () => await pipeline.run({ target: 'losing', dryRun: false });
      const grant = async (right: 'see' | 'end') => {
        for (const statement of server.grant('loser', right)) {
          await admin.client.query(statement);
        }
      };
      await grant('end');
      // Where a session is kept for the reaper, it is by now.
      expectSucceeded(await run());
      const sessions = {
        denied: await open('web_shop'),
        alsoDenied: await open('web_shop'),
        leaving: await open('web_shop'),
        waking: await open('web_shop'),
        ofOwnUser: await open('loser'),
      };
      const { denied, alsoDenied, leaving, waking, ofOwnUser } = sessions;
      const held = server.holdNext('end');
      const execution = await pipeline.start({ target: 'losing', dryRun: false });
      await held.arrived();
      await grant('see');
      await leaving.client.end();
      await until('the closed session is gone', async () => ((await pipeline.alive()).has(leaving.pid) ? null : true));
      await keepBusy(pipeline, waking);
      await held.release();

      const first = await pipeline.endOf(execution);
      expectSucceeded(first);
      expect(summaryOf(first)).toMatchObject({
        counts: { terminate: 5 },
        outcomes: { gone: 1, 'already-gone': 1, 'busy-again': 1, denied: 2, 'still-there': 0 },
      });
      const outcomes = await Promise.all(
        [denied, alsoDenied, leaving, waking, ofOwnUser].map(
          async (session) => (await recordOf(pipeline, session, 'losing'))?.outcome,
        ),
      );
      expect(outcomes).toEqual(['denied', 'denied', 'already-gone', 'busy-again', 'gone']);
      expect(await aliveOf(pipeline, sessions)).toEqual(['denied', 'alsoDenied', 'waking']);
      expect(engine.roundsAfterLostRight).toContain(first.states.filter((state) => state === engine.states.end).length);

      // The next run sees that it may not, and does not try.
      const next = await run();
      expectSucceeded(next);
      expect(summaryOf(next)).toMatchObject({ counts: { terminate: 0 }, kept: { 'may-not-end': 2 } });
      await grant('end');
      expect(summaryOf(await run())).toMatchObject({ counts: { terminate: 2 }, outcomes: { gone: 2 } });
    });

    it('is still there while its process hears no signal, is tried again, and is gone once it hears', async () => {
      const pipeline = pipelineOf();
      const stopped = await pipeline.open('web_shop');
      process.kill(stopped.pid, 'SIGSTOP');
      try {
        for (const life of [1, 2]) {
          const run = await pipeline.run({ target: 'stubborn', dryRun: false });
          expectSucceeded(run);
          await pipeline.clock.advance(MINUTE);
          expect(summaryOf(run)).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 0, 'still-there': 1 } });
          expect(run.states.filter((state) => state === pipeline.engine.states.outcomes)).toHaveLength(ROUNDS);
          expect(await recordOf(pipeline, stopped, 'stubborn')).toMatchObject({
            state: 'terminated',
            outcome: 'still-there',
          });
          expect(
            (await lifeOf(pipeline, stopped, 'stubborn'))?.filter((type) => type === 'termination-failed'),
          ).toHaveLength(life);
        }
      } finally {
        process.kill(stopped.pid, 'SIGCONT');
      }
      await until('the signal is heard', async () => ((await pipeline.alive()).has(stopped.pid) ? null : true));
      const after = await pipeline.run({ target: 'stubborn', dryRun: false });
      expectSucceeded(after);
      expect(summaryOf(after)).toMatchObject({ counts: { terminate: 0 } });
      expect(await recordOf(pipeline, stopped, 'stubborn')).toMatchObject({ state: 'terminated', outcome: 'gone' });
    });

    it('comes to who was used after the look and is idle again, only where no view tells of that', async () => {
      const pipeline = pipelineOf();
      const used = await pipeline.open('web_flash');
      const held = pipeline.server.holdNext('end');
      const execution = await pipeline.start({ target: 'stubborn', dryRun: false });
      await held.arrived();
      await used.client.query('select 1');
      await held.release();
      const run = await pipeline.endOf(execution);
      expectSucceeded(run);
      const { sparesWhoWasUsed } = pipeline.engine;
      expect(summaryOf(run).outcomes).toMatchObject(sparesWhoWasUsed ? { 'busy-again': 1, gone: 0 } : { gone: 1 });
      expect(await aliveOf(pipeline, { used })).toEqual(sparesWhoWasUsed ? ['used'] : []);
    });
  });
}
