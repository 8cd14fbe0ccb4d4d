import { describe, expect, it } from 'vitest';
import { aliveOf, eventsOf, keepBusy, lifeOf, pidsIn, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, type Session, TARGET } from '../pipeline.ts';
import { until } from '../until.ts';

/** A whole life of sessions over three runs. */
export function describeMainJob(pipelineOf: () => Pipeline): void {
  describe('the main job, on real sessions', () => {
    it('warns once per idle spell, ends those still idle after their grace, and leaves everyone else alone', async () => {
      const pipeline = pipelineOf();
      const { clock, open, engine, server } = pipeline;
      const mailsSince = async (count: number) => (await pipeline.cloud.inbox('owners')).slice(count);
      const mailsBefore = (await pipeline.cloud.inbox('owners')).length;
      const sessions = {
        dashboardA: await open('bi_sales', 'Tableau'),
        dashboardB: await open('bi_sales', 'Tableau'),
        exempt: await open('etl_nightly', 'airflow'),
        forgetful: await open('ana', 'DBeaver'),
        busy: await open('reporting', 'metabase'),
        returning: await open('ben'),
        leaving: await open('cleo', 'jupyter'),
        waking: await open('dora', 'jupyter'),
        superuser: await open(engine.superuser),
      };
      const { dashboardA, dashboardB, forgetful, busy, returning, leaving, waking, superuser } = sessions;
      await superuser.client.query('create table if not exists sales (amount int)');
      await superuser.client.query('grant select, insert, update on sales to public');
      await forgetful.client.query('begin');
      await forgetful.client.query('lock table sales in share row exclusive mode');
      await keepBusy(pipeline, busy);

      // After half an hour: everyone who is idle and not exempt is warned, nobody is ended.
      await clock.advance(31 * MINUTE);
      const first = await pipeline.run();
      expectSucceeded(first);
      expect(summaryOf(first)).toMatchObject({
        target: TARGET,
        dryRun: false,
        state: 'succeeded',
        counts: { warn: 6, terminate: 0, recovered: 0 },
        // The superusers are the test's own session and the one opened above.
        kept: { exempt: 1, own: 1, running: 1, superuser: 2 + engine.standing.superuser },
        notices: { sent: 2, failed: 0 },
      });
      expect(summaryOf(first).kept?.['system'] ?? 0).toBe(engine.standing.system);
      expect(await aliveOf(pipeline, sessions)).toEqual(Object.keys(sessions));
      expect(eventsOf(pipeline, first)).toEqual(
        expect.arrayContaining([
          ...[dashboardA, dashboardB, forgetful, returning, leaving, waking].map(({ pid }) => ({
            type: 'Backend Warned',
            pid,
          })),
          { type: 'Run Finished', pid: undefined },
        ]),
      );
      expect(eventsOf(pipeline, first)).toHaveLength(7);

      const mails = await mailsSince(mailsBefore);
      expect(
        mails.map(({ attributes }) => attributes).sort((a, b) => String(a['owner']).localeCompare(String(b['owner']))),
      ).toEqual([
        { target: TARGET, owner: 'bi-team@example.com', action: 'warn' },
        { target: TARGET, owner: 'data-platform@example.com', action: 'warn' },
      ]);
      for (const mail of mails) {
        expect(mail.subject).toMatch(/^[\x20-\x7e]{1,100}$/);
        const theirs = mail.attributes['owner'] === 'bi-team@example.com';
        const told = theirs ? [dashboardA, dashboardB] : [forgetful, returning, leaving, waking];
        expect(pidsIn(mail).sort()).toEqual(told.map(({ pid }) => pid).sort());
      }

      // One reads the mail and comes back to life. The transaction's own, shorter terms are over: it goes, and its lock with it.
      await returning.client.query('select 1');
      await clock.advance(16 * MINUTE);
      const second = await pipeline.run();
      expectSucceeded(second);
      expect(summaryOf(second)).toMatchObject({
        counts: { warn: 0, terminate: 1, recovered: 1 },
        outcomes: { gone: 1 },
      });
      expect(second.states).toEqual(expect.arrayContaining(Object.values(engine.states)));
      expect(await aliveOf(pipeline, sessions)).toEqual(Object.keys(sessions).filter((name) => name !== 'forgetful'));
      const { rows: locks } = await pipeline.admin.client.query(
        "select pid from pg_locks where relation = 'sales'::regclass",
      );
      expect(locks).toEqual([]);
      expect(await recordOf(pipeline, forgetful)).toMatchObject({
        state: 'terminated',
        outcome: 'gone',
        rule: 'forgotten-transactions',
      });
      expect(await lifeOf(pipeline, forgetful)).toEqual(['warned', 'termination-claimed', 'terminated']);
      expect(await recordOf(pipeline, returning)).toMatchObject({ state: 'recovered', receipt: null, claim: null });
      expect(eventsOf(pipeline, second)).toEqual(
        expect.arrayContaining([{ type: 'Backend Recovered', pid: returning.pid }]),
      );
      expect(await mailsSince(mailsBefore)).toHaveLength(2);

      // The hour is over. Between look and kill, one client closes its session and another one runs a query again.
      await clock.advance(15 * MINUTE);
      const held = server.holdNext('end');
      const execution = await pipeline.start({ target: TARGET, dryRun: false });
      await held.arrived();
      await leaving.client.end();
      await until('the closed session is gone', async () => ((await pipeline.alive()).has(leaving.pid) ? null : true));
      await keepBusy(pipeline, waking);
      await held.release();
      const third = await pipeline.endOf(execution);
      expectSucceeded(third);
      expect(summaryOf(third)).toMatchObject({
        counts: { warn: 1, terminate: 4, recovered: 0 },
        outcomes: { gone: 2, 'already-gone': 1, 'busy-again': 1, denied: 0, 'still-there': 0 },
        unclaimed: {},
        notices: { sent: 1, failed: 0 },
      });
      expect(await aliveOf(pipeline, sessions)).toEqual(['exempt', 'busy', 'returning', 'waking', 'superuser']);
      for (const session of [dashboardA, dashboardB]) {
        const record = await recordOf(pipeline, session);
        expect(record).toMatchObject({ state: 'terminated', outcome: 'gone', owner: 'bi-team@example.com' });
        const claimedAt = record?.events.find(({ type }) => type === 'termination-claimed')?.at ?? '';
        expect(Date.parse(claimedAt) - Date.parse(record?.receipt?.at ?? '')).toBeGreaterThanOrEqual(15 * MINUTE);
      }
      expect(await recordOf(pipeline, leaving)).toMatchObject({ state: 'terminated', outcome: 'already-gone' });
      expect(await recordOf(pipeline, waking)).toMatchObject({ state: 'recovered', outcome: 'busy-again' });

      // Three runs, one warning per idle spell: only the one that came back, and idled on, was told twice.
      const tellings = (await mailsSince(mailsBefore)).flatMap(pidsIn);
      const times = (session: Session) => tellings.filter((pid) => pid === session.pid).length;
      expect([dashboardA, dashboardB, forgetful, leaving, waking].map(times)).toEqual([1, 1, 1, 1, 1]);
      expect(times(returning)).toBe(2);
      expect(await lifeOf(pipeline, returning)).toEqual(['warned', 'recovered', 'warned']);
      for (const spared of [sessions.exempt, busy, superuser, pipeline.admin]) {
        expect(times(spared)).toBe(0);
        expect(await recordOf(pipeline, spared)).toBeUndefined();
      }
    });
  });
}
