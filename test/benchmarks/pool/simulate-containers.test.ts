import { expect, it } from 'vitest';
import { simulateContainers } from '../../../benchmarks/pool/simulate-containers.ts';

it('gives the same figures again, and calls take what they are to take', async () => {
  const plan = { callers: 3, cap: 3, queries: 4 };
  const one = await simulateContainers(plan);
  expect(await simulateContainers(plan)).toEqual(one);
  expect(one).toMatchObject({ queries: 12, errors: {} });
  // Two calls of 20 ms and a statement of 3 ms; the first query also opens its session.
  expect(Math.min(...one.later)).toBe(43);
  expect(Math.min(...one.first)).toBeGreaterThanOrEqual(243);
  expect(one.mostSessions).toBeLessThanOrEqual(3);
});

it('lets nobody wait out a lease that is kept and not used, where containers are more than sessions', async () => {
  const { first, later, errors } = await simulateContainers({ callers: 12, cap: 4, queries: 5 });
  expect(errors).toEqual({});
  // A lease lasts 10 s and its grace 2 s.
  expect(Math.max(...first, ...later)).toBeLessThan(6_000);
});
