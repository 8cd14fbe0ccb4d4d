import type { HistoryEvent } from '@aws-sdk/client-sfn';
import pMap from 'p-map';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pidsIn, summaryOf } from './look.ts';
import {
  type EndedRun,
  expectSucceeded,
  MINUTE,
  type Pipeline,
  pipelineConfig,
  startPipeline,
  TARGET,
} from './pipeline.ts';

/** States of a poll: there are as many of them as the statement takes looks, which is the server's affair. */
const POLL = /^(WaitFor(SessionQuery|Termination|OutcomeQuery)|Describe.*|Is.*Finished|BackOff.*)$/;

let pipeline: Pipeline;

beforeAll(async () => {
  pipeline = await startPipeline({
    configPath: pipelineConfig('minutes.yml'),
    maxConnections: 560,
    // 500 sessions take a moment to go. The first look comes after it on AWS, too, so waits are hurried only a little.
    waitPace: 0.6,
  });
});

afterAll(async () => {
  await pipeline.stop();
});

/** What a run cost besides its polls. */
interface Cost {
  readonly dataApiCalls: Readonly<Record<string, number>>;
  readonly transitions: number;
  /** Bytes of the largest state that was passed from one state to the next. */
  readonly largestState: number;
  /** Bytes of the largest input or output in the history. Descriptions of the guarded statement repeat its victims. */
  readonly largestEvent: number;
}

async function runAtCost(): Promise<{ run: EndedRun; cost: Cost }> {
  pipeline.cloud.calls.reset();
  const run = await pipeline.run();
  const dataApiCalls = Object.entries(pipeline.cloud.calls.all()).filter(
    ([name]) => name.startsWith('redshift-data.') && name !== 'redshift-data.DescribeStatement',
  );
  return {
    run,
    cost: {
      dataApiCalls: Object.fromEntries(dataApiCalls),
      transitions: run.states.filter((state) => !POLL.test(state)).length,
      largestState: Math.max(...run.events.map(({ stateEnteredEventDetails: entered }) => bytesOf(entered?.input))),
      largestEvent: Math.max(...run.events.map(eventBytes)),
    },
  };
}

function eventBytes(event: HistoryEvent): number {
  return Math.max(
    bytesOf(event.executionStartedEventDetails?.input),
    bytesOf(event.stateEnteredEventDetails?.input),
    bytesOf(event.stateExitedEventDetails?.output),
    bytesOf(event.taskScheduledEventDetails?.parameters),
    bytesOf(event.taskSucceededEventDetails?.output),
    bytesOf(event.executionSucceededEventDetails?.output),
  );
}

const bytesOf = (text: string | undefined) => Buffer.byteLength(text ?? '');

const sumOf = (calls: Cost['dataApiCalls']) => Object.values(calls).reduce((sum, count) => sum + count, 0);

/** Has so many idle sessions warned by one run and ended by the next one. */
async function reap(count: number, application: string): Promise<{ warning: Cost; ending: Cost }> {
  const sessions = await pMap(Array.from({ length: count }), () => pipeline.open('web_shop', application), {
    concurrency: 8,
  });
  const pids = sessions.map(({ pid }) => pid).sort((a, b) => a - b);
  const mailsBefore = (await pipeline.cloud.inbox('owners')).length;

  await pipeline.clock.advance(31 * MINUTE);
  const warning = await runAtCost();
  expectSucceeded(warning.run);
  expect(summaryOf(warning.run)).toMatchObject({ counts: { warn: count, terminate: 0 }, notices: { sent: 1 } });
  const [mail, ...others] = (await pipeline.cloud.inbox('owners')).slice(mailsBefore);
  expect(others).toEqual([]);
  expect(mail === undefined ? [] : pidsIn(mail).sort((a, b) => a - b)).toEqual(pids);
  const alive = await pipeline.alive();
  expect(pids.filter((pid) => !alive.has(pid))).toEqual([]);

  await pipeline.clock.advance(30 * MINUTE);
  const ending = await runAtCost();
  expectSucceeded(ending.run);
  expect(summaryOf(ending.run)).toMatchObject({
    counts: { warn: 0, terminate: count },
    outcomes: { gone: count },
    unclaimed: {},
    eventsFailed: 0,
  });
  const left = await pipeline.alive();
  expect(pids.filter((pid) => left.has(pid))).toEqual([]);
  expect(await pipeline.table.listLiveBackends(TARGET)).toEqual([]);
  return { warning: warning.cost, ending: ending.cost };
}

describe('500 idle sessions', () => {
  it('are warned by one run and ended by the next, at the same cost as 5', async () => {
    // Two clients: one that came back as soon as it was ended would be spared.
    const few = await reap(5, 'shop');
    const many = await reap(500, 'till');
    for (const step of ['warning', 'ending'] as const) {
      expect(many[step].dataApiCalls, step).toEqual(few[step].dataApiCalls);
      expect(many[step].transitions, step).toBe(few[step].transitions);
      // The counts have more digits.
      expect(many[step].largestState - few[step].largestState, step).toBeLessThan(50);
    }
    for (const cost of [few, many].flatMap(({ warning, ending }) => [warning, ending])) {
      expect(sumOf(cost.dataApiCalls)).toBeLessThanOrEqual(8);
      expect(cost.transitions).toBeLessThanOrEqual(45);
      expect(cost.largestEvent).toBeLessThanOrEqual(64 * 1024);
    }
  });
});
