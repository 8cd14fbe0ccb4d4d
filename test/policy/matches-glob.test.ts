import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLiteral, matchesGlob } from '../../src/policy/matches-glob.ts';

const signs = fc.string({ unit: fc.constantFrom(...'aA1/.\\!()[]{}+|^$\'" \n:@,-&~`#%=é'), maxLength: 12 });

describe('matchesGlob', () => {
  it.each([
    ['*', ''],
    ['*', '..'],
    ['*', 'a/b.c\nd'],
    ['etl*', 'ETL_nightly'],
    ['ETL*', 'etl_nightly'],
    ['IAM:*', 'IAM:team/bob'],
    ['a?b', 'a/b'],
    ['*.example.com', '.example.com'],
    ['10.0.*', '10.0.1.2'],
    ['bi_**_ro', 'bi_x/y_ro'],
    ['corp\\bob', 'corp\\BOB'],
    ['DBeaver * (Main)', 'DBeaver 25.1 (Main)'],
    ['[x]{a,b}', '[x]{a,b}'],
  ])('takes %j for %j', (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(true);
  });

  it.each([
    ['?', ''],
    ['etl', 'etl_nightly'],
    ['a.b', 'axb'],
    ['!etl', 'bob'],
    ['{a,b}', 'a'],
    ['[ab]', 'a'],
    ['a|b', 'a'],
    ['10.0.*', '10.1.0.2'],
  ])('does not take %j for %j', (pattern, text) => {
    expect(matchesGlob(pattern, text)).toBe(false);
  });

  it('treats every sign but the two wildcards as itself', () => {
    fc.assert(
      fc.property(signs, signs, (a, b) => {
        expect(matchesGlob(a, b)).toBe(a.toLowerCase() === b.toLowerCase());
        expect(matchesGlob(`${a}*${b}`, `${a}x/.${b}`)).toBe(true);
        expect(matchesGlob(`${a}?${b}`, `${a}/${b}`)).toBe(true);
        expect(matchesGlob(`${a}?${b}`, a + b)).toBe(false);
      }),
    );
  });
});

describe('isLiteral', () => {
  it('tells one name from a pattern', () => {
    expect(isLiteral('awsuser')).toBe(true);
    expect(isLiteral('aws*')).toBe(false);
    expect(isLiteral('awsuse?')).toBe(false);
  });
});
