import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MeasuredRuns } from '../../scripts/cost/measured-runs.ts';
import { type Pipeline, pipelineConfig, startPipeline } from './pipeline.ts';
import { expectWithinBudget, reapAtCost } from './run-cost.ts';

const measured: MeasuredRuns = JSON.parse(
  readFileSync(new URL('../../scripts/cost/measured.json', import.meta.url), 'utf8'),
);

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
    // What docs/deploy.md reckons with: after a change, run `node scripts/cost/measure-runs.ts --write`.
    for (const step of ['warning', 'ending'] as const) {
      const more = measured[step].transitions - few[step].transitions;
      expect(more, `polls of the ${step} run`).toBeGreaterThanOrEqual(0);
      expect(more, `polls of the ${step} run`).toBeLessThanOrEqual(12);
    }
    for (const cost of [few, many].flatMap(({ warning, ending }) => [warning, ending])) {
      expectWithinBudget(cost);
    }
  });
});
