import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bindParameters } from '../../local/data-api/bind-parameters.ts';

const a = [{ name: 'a', value: 'v' }];

describe('bindParameters', () => {
  it.each([
    ['a cast', 'select 1::a', 'select 1::a'],
    ['a parameter that is cast', 'select :a::int', 'select $1::int'],
    ['a string', "select ':a'", "select ':a'"],
    ['a string with doubled quotes', "select 'it''s :a' || :a", "select 'it''s :a' || $1"],
    ['an escape string', "select E'\\':a' || :a", "select E'\\':a' || $1"],
    ['a quoted identifier', 'select ":a""" from t where x = :a', 'select ":a""" from t where x = $1'],
    ['a line comment', 'select 1 -- :a\n + :a', 'select 1 -- :a\n + $1'],
    ['a nested block comment', '/* :a /* :a */ :a */ :a', '/* :a /* :a */ :a */ $1'],
    ['a comment that never ends', 'select :a /* :a', 'select $1 /* :a'],
    ['a dollar quote', 'select $q$ :a $$ :a $q$, :a', 'select $q$ :a $$ :a $q$, $1'],
    ['a longer name', 'select :ab, :a', 'select :ab, $1'],
    ['other punctuation', 'x=:a,(:a)', 'x=$1,($2)'],
  ])('treats %s as Redshift does', (_what, sql, expected) => {
    expect(bindParameters(sql, a).text).toBe(expected);
  });

  it('gives each place a number of its own', () => {
    const { text, values, used } = bindParameters('select :a, :b, :a', [...a, { name: 'b', value: 'w' }]);
    expect({ text, values, used: [...used] }).toEqual({
      text: 'select $1, $2, $3',
      values: ['v', 'w', 'v'],
      used: ['a', 'b'],
    });
  });

  it('leaves SQL without parameters untouched, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (sql) => {
        expect(bindParameters(sql, []).text).toBe(sql);
      }),
    );
  });

  it('never lets a value into the text, and finds every parameter between pieces that hide others', () => {
    const hiding = fc.constantFrom("':a'", '":a"', '/* :a */', '-- :a\n', 'x::a', "E'\\\\'", '$t$:a$t$', ' ', '(', ',');
    const piece = fc.oneof(hiding, fc.constant(' :a '));
    fc.assert(
      fc.property(fc.array(piece), fc.uuid(), (pieces, value) => {
        const { text, values } = bindParameters(pieces.join(' '), [{ name: 'a', value }]);
        const places = pieces.filter((part) => part === ' :a ').length;
        expect(values).toEqual(Array.from({ length: places }, () => value));
        expect(text).not.toContain(value);
        const numbers = [...text.matchAll(/ \$(\d+) /g)].map(([, number]) => Number(number));
        expect(numbers).toEqual(Array.from({ length: places }, (_, index) => index + 1));
        expect(text.replaceAll(/ \$\d+ /g, () => ' :a ')).toBe(pieces.join(' '));
      }),
    );
  });
});
