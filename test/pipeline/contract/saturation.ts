import { describe, expect, it } from 'vitest';
import type { EngineFixture } from '../engines/engine-fixture.ts';
import { aliveOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, type Session } from '../pipeline.ts';

/** Takes every slot of ordinary users. */
export async function leakUntilRefused(
  { open }: Pipeline,
  user: string,
): Promise<{ leaked: Record<string, Session>; refusal: unknown }> {
  const leaked: Record<string, Session> = {};
  for (;;) {
    try {
      const session = await open(user, 'shop');
      leaked[session.pid] = session;
    } catch (refusal) {
      return { leaked, refusal };
    }
  }
}

/** A server with every ordinary slot taken, entered by each way that its engine has. */
export function describeSaturation(pipelineOf: () => Pipeline, { entries }: EngineFixture): void {
  describe('a saturated server', () => {
    it.each(entries.map((entry, index) => [entry.title, index, entry] as const))(
      'is entered %s, and the refused client connects afterwards',
      async (_title, index, entry) => {
        const pipeline = pipelineOf();
        const { clock, engine, server } = pipeline;
        const { target } = entry;
        const run = async () => {
          const ended = await pipeline.run({ target, dryRun: false });
          expectSucceeded(ended);
          return ended;
        };
        await run();
        const expectEntered = await server.prepareEntry(entry);
        // Another client each time: one that came back as soon as it was ended would be spared.
        const user = `web_${index}`;
        const { leaked, refusal } = await leakUntilRefused(pipeline, user);
        expect(refusal).toMatchObject({ code: '53300', message: engine.refusal });

        await clock.advance(31 * MINUTE);
        await run();
        await clock.advance(30 * MINUTE);
        const ending = await run();
        await expectEntered();

        const count = Object.keys(leaked).length;
        expect(count).toBeGreaterThan(30);
        expect(summaryOf(ending)).toMatchObject({ counts: { terminate: count }, outcomes: { gone: count } });
        expect(await aliveOf(pipeline, leaked)).toEqual([]);
        const { client } = await pipeline.open(user, 'shop');
        expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
      },
    );

    it('keeps out a run that has none of these ways, which says what it would take, and records nothing else', async () => {
      const pipeline = pipelineOf();
      const { leaked, refusal } = await leakUntilRefused(pipeline, 'web_crowd');
      expect(refusal).toMatchObject({ code: '53300' });
      const told = (await pipeline.cloud.inbox('operators')).length;
      const run = await pipeline.run({ target: 'outside', dryRun: false });
      expect(run).toMatchObject({ status: 'FAILED', error: 'NoSlotLeft', cause: expect.stringMatching(/reserved/) });
      expect(run.states).not.toContain(pipeline.engine.states.end);
      const mails = (await pipeline.cloud.inbox('operators')).slice(told);
      expect(mails.map(({ subject }) => subject)).toEqual([expect.stringMatching(/outside .*NoSlotLeft/)]);
      expect((await pipeline.table.listBackends({ target: 'outside' })).items).toEqual([]);
      expect((await pipeline.table.listRuns({ target: 'outside', limit: 10 })).items).toMatchObject([
        { state: 'failed', error: { name: 'NoSlotLeft' } },
      ]);
      expect(await aliveOf(pipeline, leaked)).toHaveLength(Object.keys(leaked).length);
      // The lock was given back: the next run finds room again.
      await pipeline.closeSessions();
      expectSucceeded(await pipeline.run({ target: 'outside', dryRun: false }));
    });
  });
}
