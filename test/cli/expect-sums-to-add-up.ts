import { expect } from 'vitest';
import type { BackendsDocument } from '../../src/cli/json/backends-document.ts';

/** Every count of the document adds up to the backends that it lists. */
export function expectSumsToAddUp({ backends, slots, activities, verdicts }: BackendsDocument): void {
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0);
  expect(sum(activities)).toBe(backends.length);
  expect(sum(verdicts)).toBe(backends.length);
  expect(slots.used + slots.system).toBe(backends.length);
  expect(slots.free).toBe(slots.limit - slots.used);
}
