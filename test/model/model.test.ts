import { describe, expect, it } from 'vitest';
import { explore } from './explore.ts';
import { SECOND_LINES, WEAKNESSES } from './protocol.ts';

describe('the model of lease, drain and end', () => {
  it('keeps every promise in every state that can be reached, and comes to rest from each', () => {
    const { states, broken } = explore();
    expect(broken).toBeNull();
    expect(states).toBeGreaterThan(10_000);
  });

  it.each(WEAKNESSES)('is broken by: %s', (weakness) => {
    expect(explore(weakness).broken).not.toBeNull();
  });

  it.each(SECOND_LINES)('does not need, for a session of the pool: %s', (line) => {
    expect(explore(line).broken).toBeNull();
  });
});
