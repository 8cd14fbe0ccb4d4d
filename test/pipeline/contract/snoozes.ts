import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { aliveOf, lifeOf, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, TARGET } from '../pipeline.ts';

/** Sessions that their owners keep. */
export function describeSnoozes(pipelineOf: () => Pipeline): void {
  describe('a run', () => {
    it('keeps a session for its owner by the link in the mail, once it is confirmed, and ends it when that is over', async () => {
      const pipeline = pipelineOf();
      const { clock, cloud } = pipeline;
      const mailsBefore = (await cloud.inbox('owners')).length;
      const sessions = {
        kept: await pipeline.open('bi_sales', 'Tableau'),
        other: await pipeline.open('bi_sales', 'psql'),
      };
      await clock.advance(31 * MINUTE);
      expectSucceeded(await pipeline.run());
      const [mail] = (await cloud.inbox('owners')).slice(mailsBefore);
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
      expect(summaryOf(second)).toMatchObject({
        kept: { snoozed: 1 },
        counts: { terminate: 1 },
        outcomes: { gone: 1 },
      });
      expect(await aliveOf(pipeline, sessions)).toEqual(['kept']);

      await clock.advance(8 * 60 * MINUTE);
      const third = await pipeline.run();
      expect(summaryOf(third)).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 1 } });
      expect(await lifeOf(pipeline, sessions.kept)).toEqual(['warned', 'snoozed', 'termination-claimed', 'terminated']);
      expect((await fetch(link, { method: 'POST' })).status).toBe(410);
    });

    it('keeps a session for as long as a later SET of its client asks, and not past that', async () => {
      const pipeline = pipelineOf();
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
}
