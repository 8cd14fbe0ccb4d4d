import { describe, expect, it } from 'vitest';
import { aliveOf, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, TARGET } from '../pipeline.ts';

/** Runs that are not as usual: refused, skipped, without an owner, by an approved plan. */
export function describeOddRuns(pipelineOf: () => Pipeline): void {
  describe('a run that is not like any other', () => {
    it.each([
      [
        'an unknown target',
        { target: 'lokal' },
        'TargetUnknown',
        /Expected a target of slotkeeper\.yml \(.*\blocal\b.*\), got "lokal"/,
      ],
      [
        'an unknown key',
        { target: TARGET, dryrun: true },
        'InvalidRunInput',
        /Expected the input \{"target": string, .*dryrun/,
      ],
      ['a target that is no text', { target: 1 }, 'InvalidRunInput', /target: .*expected string, received number/],
      [
        'a dryRun that is a text',
        { target: TARGET, dryRun: 'yes' },
        'InvalidRunInput',
        /dryRun: .*expected boolean, received string/,
      ],
      ['no target', {}, 'InvalidRunInput', /target: .*expected string, received undefined/],
      ['a list', [TARGET], 'InvalidRunInput', /expected object, received array/],
      ['a text', TARGET, 'InvalidRunInput', /expected object, received string/],
    ])('refuses %s at once, and says what was expected', async (_what, input, error, cause) => {
      const pipeline = pipelineOf();
      const calls = pipeline.cloud.calls.of('redshift-data');
      const requests = pipeline.server.requests();
      const run = await pipeline.run(input);
      expect(run).toMatchObject({ status: 'FAILED', error, cause: expect.stringMatching(cause) });
      expect(run.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', 'FailRun', 'RunFailed']);
      expect(pipeline.cloud.calls.of('redshift-data')).toBe(calls);
      expect(pipeline.server.requests()).toEqual(requests);
      const alert = (await pipeline.cloud.inbox('operators')).at(-1);
      expect(alert?.body).toMatch(cause);
      expectSucceeded(await pipeline.run());
    });

    it('fails before it asks anything when it is started on the state machine of another engine', async () => {
      const pipeline = pipelineOf();
      const { cloud, engine, server } = pipeline;
      const other = engine.engine === 'postgres' ? 'reap-redshift-sessions' : 'reap-postgres-sessions';
      const stateMachineArn = cloud.stateMachines[`slotkeeper-local-${other}`] ?? '';
      const requests = server.requests();
      const input = JSON.stringify({ target: TARGET, dryRun: true });
      const execution = cloud.executions.start({ stateMachineArn, input, name: 'wrong-machine' });
      const run = await pipeline.endOf(execution.arn);
      expect(run).toMatchObject({ status: 'FAILED', error: 'EngineMismatch' });
      expect(run.cause).toContain(engine.machine);
      expect(server.requests()).toEqual(requests);
    });

    it('skips a second run of a target while the first one has its lock', async () => {
      const pipeline = pipelineOf();
      expectSucceeded(await pipeline.run());
      const held = pipeline.server.holdNext('look');
      const first = await pipeline.start({ target: TARGET, dryRun: false });
      await held.arrived();

      const second = await pipeline.run();
      expectSucceeded(second);
      expect(second.states).toEqual(['KeepInput', 'HasTurn', 'BeginRun', 'RunSkipped']);
      expect(JSON.stringify(second.output)).toContain(
        `Run ${first.split(':').at(-1)} has the lock of target local until`,
      );
      await held.release();
      expectSucceeded(await pipeline.endOf(first));
      expect((await pipeline.run()).states).toContain('FinishRun');
    });

    it('ends nobody whose owner could not be told, and warns again in the next run', async () => {
      const pipeline = pipelineOf();
      const idle = await pipeline.open('ana');
      const mailsBefore = (await pipeline.cloud.inbox('owners')).length;
      await pipeline.clock.advance(61 * MINUTE);
      pipeline.cloud.failNextPublishes(1);
      const failed = await pipeline.run();
      expectSucceeded(failed);
      expect(summaryOf(failed)).toMatchObject({ counts: { warn: 1 }, notices: { sent: 0, failed: 1 } });
      expect(await recordOf(pipeline, idle)).toBeUndefined();
      await pipeline.clock.advance(16 * MINUTE);
      expect(summaryOf(await pipeline.run())).toMatchObject({
        counts: { warn: 1, terminate: 0 },
        notices: { sent: 1 },
      });
      expect(await pipeline.cloud.inbox('owners')).toHaveLength(mailsBefore + 1);
      expect(await aliveOf(pipeline, { idle })).toEqual(['idle']);
      await pipeline.clock.advance(16 * MINUTE);
      expect(summaryOf(await pipeline.run())).toMatchObject({ counts: { terminate: 1 }, outcomes: { gone: 1 } });
      expect(await aliveOf(pipeline, { idle })).toEqual([]);
    });
  });

  describe('a run that applies an approved plan', () => {
    it('acts on its members only, and is refused once one has changed, and past its validity', async () => {
      const pipeline = pipelineOf();
      const { clock, cloud } = pipeline;
      const approved = await pipeline.open('ana');
      await clock.advance(2 * MINUTE);
      const later = await pipeline.open('ben');
      await clock.advance(29 * MINUTE);
      const dryRun = async () => {
        const dry = await pipeline.run({ target: TARGET, dryRun: true });
        expectSucceeded(dry);
        return { target: TARGET, apply: { hash: summaryOf(dry).planHash ?? '', runId: dry.id } };
      };
      const plan = await dryRun();

      await clock.advance(5 * MINUTE);
      const applied = await pipeline.run(plan);
      expectSucceeded(applied);
      expect(summaryOf(applied)).toMatchObject({
        dryRun: false,
        planHash: plan.apply.hash,
        counts: { warn: 1, terminate: 0 },
        kept: { 'not-in-plan': 1 },
        notices: { sent: 1, failed: 0 },
      });
      expect(await recordOf(pipeline, approved)).toMatchObject({ state: 'warned' });
      expect(await recordOf(pipeline, later)).toBeUndefined();

      const mails = (await cloud.inbox('owners')).length;
      const again = await pipeline.run(plan);
      const changed = new RegExp(
        `1 changed: pid ${approved.pid} .* is now keep \\(warned-waiting, rule everyone-else\\)`,
      );
      expect(again).toMatchObject({ status: 'FAILED', error: 'PlanChanged', cause: expect.stringMatching(changed) });
      expect(again.states).toContain('FailRun');
      expect((await cloud.inbox('operators')).at(-1)?.body).toMatch(changed);

      const next = await dryRun();
      await clock.advance(16 * MINUTE);
      expect(await pipeline.run(next)).toMatchObject({
        status: 'FAILED',
        error: 'PlanExpired',
        cause: expect.stringMatching(/at most 15m old \(runs\.planValidFor\), it is 16m( \d+s)? old/),
      });
      expect(await cloud.inbox('owners')).toHaveLength(mails);
      expect(await aliveOf(pipeline, { approved, later })).toEqual(['approved', 'later']);
      expectSucceeded(await pipeline.run({ target: TARGET, dryRun: true }));
    });
  });
}
