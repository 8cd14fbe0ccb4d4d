import { describe, expect, it } from 'vitest';
import type { Pipeline } from '../pipeline.ts';
import { type Cost, expectWithinBudget, reapAtCost } from '../run-cost.ts';

/** Many sessions cost a run no more than few. */
export function describeCost(pipelineOf: () => Pipeline): void {
  describe('a run over many idle sessions', () => {
    it('costs no more than one over a few', async () => {
      const pipeline = pipelineOf();
      const few = await reapAtCost(pipeline, 5);
      // Another client: one that came back as soon as it was ended would be spared.
      const many = await reapAtCost(pipeline, 30, 'web_stand');
      for (const step of ['warning', 'ending'] as const) {
        expect(inOneRound(pipeline, many[step]), step).toEqual(inOneRound(pipeline, few[step]));
        // The counts have more digits.
        expect(many[step].largestState - few[step].largestState, step).toBeLessThan(50);
      }
      for (const cost of [few.warning, many.warning]) {
        expectWithinBudget(cost);
      }
    });
  });
}

/** What it would have cost if the server had been done at the first look after the end. */
function inOneRound({ engine }: Pipeline, { requests, rounds }: Cost): Readonly<Record<string, number>> {
  const more = Math.max(0, rounds - 1);
  return Object.fromEntries(
    Object.entries(requests).map(([name, count]) => [name, count - more * (engine.requestsPerRound[name] ?? 0)]),
  );
}
