import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Pipeline, pipelineConfig, startPipeline } from './pipeline.ts';
import { expectWithinBudget, reapAtCost } from './run-cost.ts';

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

describe('500 idle sessions', () => {
  it('are warned by one run and ended by the next, at the same cost as 5', async () => {
    const few = await reapAtCost(pipeline, 5);
    // Another client: one that came back as soon as it was ended would be spared.
    const many = await reapAtCost(pipeline, 500, 'web_stand');
    for (const step of ['warning', 'ending'] as const) {
      expect(many[step].requests, step).toEqual(few[step].requests);
      expect(many[step].transitions, step).toBe(few[step].transitions);
      // The counts have more digits.
      expect(many[step].largestState - few[step].largestState, step).toBeLessThan(50);
    }
    for (const cost of [few, many].flatMap(({ warning, ending }) => [warning, ending])) {
      expectWithinBudget(cost);
    }
  });
});
