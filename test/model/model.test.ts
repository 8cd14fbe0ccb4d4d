import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { PROMISES, SECOND_LINES, WEAKNESSES, weaknesses } from './protocol.ts';

const GUARD = 'no running backend ended';

describe('the model of lease, drain and end', () => {
  it('keeps every promise in every state that can be reached, and comes to rest from each', () => {
    const { states, broken } = explore();
    expect(broken).toBeNull();
    expect(states).toBeGreaterThan(10_000);
  });

  it.each(weaknesses)('is broken by: %s', (weakness) => {
    expect(explore([weakness]).broken?.promise.startsWith(WEAKNESSES[weakness])).toBe(true);
  });

  it.each(SECOND_LINES)('does not need, for a session of the pool: %s', (line) => {
    expect(explore([line]).broken).toBeNull();
  });

  it('needs the guard where the statement is handed in before the drain', () => {
    expect(explore(['claim and statement before drain'], GUARD).broken).toBeNull();
    const both = explore(['claim and statement before drain', 'guard without running statements'], GUARD);
    expect(both.broken?.trace.at(-1)).toBe('the guarded statement signals');
  });

  it('has no promise that nothing could break', () => {
    const broken = new Set([...Object.values(WEAKNESSES), GUARD]);
    expect(PROMISES.filter((promise) => !broken.has(promise))).toEqual([]);
  });
});
