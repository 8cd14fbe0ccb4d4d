import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWholeName } from '../../src/backends/read-whole-name.ts';
import { SHOWN_BYTES } from '../../src/backends/whole-name-sql.ts';

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** As the server's view cuts a name: whole characters, as many as fit. */
function cut(name: string): string {
  let shown = '';
  for (const character of name) {
    if (bytesOf(shown + character) > SHOWN_BYTES) {
      return shown;
    }
    shown += character;
  }
  return shown;
}

/** What the query finds, told in plain code. */
function lookUp(shown: string, catalog: readonly string[]) {
  const candidates = catalog.filter((name) => cut(name) === shown);
  return { candidates: candidates.length, whole: candidates.toSorted().at(-1) ?? null };
}

const names = fc
  .array(fc.constantFrom('a', 'b', 'é', '€', '🦊'), { minLength: 1, maxLength: 60 })
  .map((all) => all.join(''));

describe('readWholeName', () => {
  it('repairs a name to the only one that it can be, and never to another', () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 1, maxLength: 5 }), (catalog) => {
        for (const real of catalog) {
          const shown = cut(real);
          const alike = catalog.filter((name) => cut(name) === shown).length;
          const read = readWholeName(shown, lookUp(shown, catalog));
          if (alike === 1) {
            expect(read.name).toBe(real);
          } else {
            expect(read).toEqual({ name: shown, state: 'cut' });
          }
        }
      }),
    );
  });

  it.each([
    ['bi_reader', undefined, 'whole'],
    ['x'.repeat(50), undefined, 'whole'],
    ['x'.repeat(50), { candidates: 0, whole: null }, 'cut'],
    ['x'.repeat(49), { candidates: 0, whole: null }, 'whole'],
    ['x'.repeat(50), { candidates: 1, whole: 'y'.repeat(60) }, 'cut'],
  ])('takes %s with %j for %s', (shown, found, state) => {
    expect(readWholeName(shown, found)).toEqual({ name: shown, state });
  });
});
