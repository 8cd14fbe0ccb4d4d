import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fetchRows } from '../../src/pool/fetch-rows.ts';
import type { PoolWarehouse } from '../../src/pool/pool-warehouse.ts';
import { decodeResultToken } from '../../src/pool/result-token.ts';

/** A result cut into pages of the service. */
function paged(pages: readonly (readonly number[])[]): Pick<PoolWarehouse, 'fetchPage'> {
  return {
    async fetchPage(_statementId, token) {
      const index = token === null ? 0 : Number(token);
      return {
        columns: [{ name: 'n', type: 'int4' }],
        rows: (pages[index] ?? []).map((n) => [n]),
        nextToken: index + 1 < pages.length ? String(index + 1) : null,
      };
    },
  };
}

it('returns every row once and in order, whatever the sizes of pages and portions', async () => {
  const sizes = fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 9 }), async (pageSizes, maxRows) => {
      let n = 0;
      const pages = pageSizes.map((size) => Array.from({ length: size }, () => n++));
      const warehouse = { ...paged(pages) } as PoolWarehouse;
      const seen: unknown[] = [];
      let token: string | null = null;
      do {
        const from: string | null = token;
        const portion = await fetchRows(warehouse, 's', maxRows, from === null ? undefined : decodeResultToken(from));
        expect(portion.rows.length).toBeLessThanOrEqual(maxRows);
        expect(portion.columns).toEqual([{ name: 'n', type: 'int4' }]);
        seen.push(...portion.rows.flat());
        token = portion.nextToken;
      } while (token !== null);
      expect(seen).toEqual(pages.flat());
    }),
  );
});

it('refuses a token that it did not make', () => {
  for (const token of ['', 'x', Buffer.from('{"page":null,"skip":-1}').toString('base64url')]) {
    expect(() => decodeResultToken(token)).toThrow(expect.objectContaining({ name: 'BadRequest' }));
  }
});
