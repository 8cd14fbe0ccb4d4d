import { describe, expect, it } from 'vitest';
import { microsOf } from '../../src/backends/instant.ts';
import { readServerTime } from '../../src/backends/server-time.ts';

describe('microsOf', () => {
  it('is exact to the microsecond, and the same for every precision', () => {
    expect(microsOf('2026-11-20T15:03:28.123456Z') - microsOf('2026-11-20T15:03:28Z')).toBe(123_456);
    expect(microsOf('2026-11-20T15:03:28.5Z')).toBe(microsOf('2026-11-20T15:03:28.500000Z'));
    expect(microsOf('1970-01-01T00:00:01Z')).toBe(1_000_000);
  });

  it.each(['', '2026-11-20', '2026-11-20T15:03:28', '2026-11-20T15:03:28+01:00', '2026-13-20T15:03:28Z'])(
    'refuses %j',
    (text) => {
      expect(() => microsOf(text)).toThrow(RangeError);
    },
  );
});

describe('readServerTime', () => {
  it('reads seconds and microseconds', () => {
    expect(readServerTime('20261120150328')).toBe('2026-11-20T15:03:28Z');
    expect(readServerTime('20261120150328000042')).toBe('2026-11-20T15:03:28.000042Z');
  });

  it.each(['', '2026', '20261120150328123', '20261399150328', '2026-11-20T15:03:28Z'])(
    'takes %j for no time',
    (text) => {
      expect(readServerTime(text)).toBeNull();
    },
  );
});
