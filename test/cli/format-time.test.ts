import { describe, expect, it } from 'vitest';
import { formatTime } from '../../src/cli/format-time.ts';

describe('formatTime', () => {
  it('shows whole seconds in UTC, whatever offset and precision it is given', () => {
    expect(formatTime('2026-11-20T15:04:01Z')).toBe('2026-11-20 15:04:01Z');
    expect(formatTime('2026-11-20T16:04:01.999999+01:00')).toBe('2026-11-20 15:04:01Z');
  });

  it('refuses what is no moment', () => {
    expect(() => formatTime('yesterday')).toThrow('got "yesterday"');
  });
});
