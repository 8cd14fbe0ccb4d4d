import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/config/parse-duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['15m', 900],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['1d2h3m4s', 93_784],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each(['', '90', 's', '1.5h', '-5m', '5 m', '30m1h', '5m5m', '1w', '5M', '1h ', '٣s'])(
    'takes %j for none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  it('reads any number of any unit', () => {
    const unit = fc.constantFrom(['d', 86_400], ['h', 3_600], ['m', 60], ['s', 1]) as fc.Arbitrary<[string, number]>;
    fc.assert(
      fc.property(fc.nat({ max: 999_999 }), unit, (count, [letter, size]) => {
        expect(parseDuration(`${count}${letter}`)).toBe(count * size);
      }),
    );
  });
});
