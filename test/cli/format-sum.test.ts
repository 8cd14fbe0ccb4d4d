import { describe, expect, it } from 'vitest';
import { formatSum } from '../../src/cli/format-sum.ts';

describe('formatSum', () => {
  it('shows the whole and the parts that make it', () => {
    expect(formatSum({ keep: 8, warn: 3, terminate: 1 })).toBe('12 = 8 keep + 3 warn + 1 terminate');
  });

  it('leaves out parts that are zero', () => {
    expect(formatSum({ keep: 8, warn: 0 })).toBe('8 = 8 keep');
    expect(formatSum({ keep: 0, warn: 0 })).toBe('0');
  });
});
