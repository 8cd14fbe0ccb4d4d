import { describe, expect, it } from 'vitest';
import { calibrate } from '../../benchmarks/scale/calibrate.ts';
import { sweep } from '../../benchmarks/scale/sweep.ts';

const SMALL = {
  seed: 7,
  targets: 3,
  work: 'ends',
  tenants: { count: 20, queriesPerSecond: 1 },
  warmUpSeconds: 10,
} as const;

describe('the simulation of many targets', () => {
  it('counts of one run what the embedded cloud counted', async () => {
    const { rows } = await calibrate(7);
    expect(rows.map(([kind]) => kind)).toEqual(['quiet', 'warning', 'ending']);
  });

  it('comes to the same figures from the same seed, and ends every session that is due', async () => {
    const once = await sweep({ ...SMALL, startOf: () => ({ afterMs: 0 }) });
    expect(await sweep({ ...SMALL, startOf: () => ({ afterMs: 0 }) })).toEqual(once);
    expect(once.failed).toEqual({});
    expect(once.tenants.failed).toEqual({});
    expect(once.tenants.answered).toBe(once.tenants.asked);
    // Three statements of each run: who is there, the end, who is left.
    expect(once.runs.ExecuteStatement.total).toBe(9);
    expect(once.runs.GetStatementResult.total).toBe(9);
  });

  it('waits for turns as the state machine says', async () => {
    const { seconds, lambda } = await sweep({
      ...SMALL,
      work: 'nothing',
      startOf: (_, index) => ({ afterMs: 0, input: { startAfter: index * 60 } }),
    });
    expect(seconds).toBeGreaterThan(120);
    expect(seconds).toBeLessThan(130);
    expect(lambda).toBe(1);
  });
});
