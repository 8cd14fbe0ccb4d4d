import { DescribeRuleCommand, DisableRuleCommand, EnableRuleCommand } from '@aws-sdk/client-eventbridge';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { aliveOf, eventsOf, recordOf, summaryOf } from '../look.ts';
import { expectSucceeded, MINUTE, type Pipeline, TARGET } from '../pipeline.ts';

/** What starts a run, and a run that only looks. */
export function describeStartsAndDryRuns(pipelineOf: () => Pipeline): void {
  describe('a run', () => {
    it('starts by its schedule once that is enabled, and by nothing else', async () => {
      const pipeline = pipelineOf();
      const { clock, aws, machineArn } = pipeline;
      const idle = await pipeline.open('ana');
      const Name = 'slotkeeper-local-local-schedule';
      expect(await aws.events.send(new DescribeRuleCommand({ Name }))).toMatchObject({
        State: 'DISABLED',
        ScheduleExpression: 'rate(10 minutes)',
      });
      const executions = async () =>
        (await aws.sfn.send(new ListExecutionsCommand({ stateMachineArn: machineArn, maxResults: 1000 }))).executions ??
        [];
      const before = (await executions()).length;
      await clock.advance(31 * MINUTE);
      expect(await executions()).toHaveLength(before);

      await aws.events.send(new EnableRuleCommand({ Name }));
      await clock.advance(11 * MINUTE);
      const [started, ...others] = await executions();
      expect(others).toHaveLength(before);
      const run = await pipeline.endOf(started?.executionArn ?? '');
      await aws.events.send(new DisableRuleCommand({ Name }));
      expectSucceeded(run);
      expect(summaryOf(run)).toMatchObject({ target: TARGET, dryRun: false, counts: { warn: 1 } });
      expect(await recordOf(pipeline, idle)).toMatchObject({ state: 'warned' });
    });

    it('comes in a dry run to the plan of the real one, and acts on nothing', async () => {
      const pipeline = pipelineOf();
      const { clock, cloud } = pipeline;
      const toBeEnded = await pipeline.open('ana');
      const returning = await pipeline.open('ben');
      await clock.advance(31 * MINUTE);
      expectSucceeded(await pipeline.run());
      await clock.advance(15 * MINUTE);
      const toBeWarned = await pipeline.open('bi_sales');
      await clock.advance(31 * MINUTE);
      await returning.client.query('select 1');

      const look = async () => ({
        backends: (await pipeline.table.listBackends({ target: TARGET })).items,
        mails: await cloud.inbox('owners'),
        alive: await aliveOf(pipeline, { toBeEnded, toBeWarned }),
      });
      const before = await look();
      const dry = await pipeline.run({ target: TARGET, dryRun: true });
      expectSucceeded(dry);
      expect(await look()).toEqual(before);
      expect(await pipeline.table.listNotices({ target: TARGET, runId: dry.id })).toEqual([]);
      expect(before.alive).toEqual(['toBeEnded', 'toBeWarned']);
      expect(dry.states).not.toContain('PublishNotices');
      expect(dry.states).not.toContain(pipeline.engine.states.end);
      expect(eventsOf(pipeline, dry)).toEqual([{ type: 'Run Finished', pid: undefined }]);

      const real = await pipeline.run();
      expectSucceeded(real);
      expect(summaryOf(dry)).toMatchObject({ dryRun: true, counts: { warn: 1, terminate: 1, recovered: 1 } });
      expect(summaryOf(real)).toMatchObject({ dryRun: false, counts: { warn: 1, terminate: 1, recovered: 1 } });
      expect(summaryOf(real).planHash).toMatch(/^[0-9a-f]{64}$/);
      expect(summaryOf(dry).planHash).toBe(summaryOf(real).planHash);
      expect(await aliveOf(pipeline, { toBeEnded, toBeWarned })).toEqual(['toBeWarned']);
    });
  });
}
