import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchEntries, entryBytes, MAX_REQUEST_BYTES } from '../../src/messaging/batch-entries.ts';

describe('batchEntries', () => {
  it('loses, repeats and reorders nothing, and every request is one that EventBridge takes', () => {
    const entry = fc
      .record({ size: fc.integer({ min: 0, max: 200_000 }), type: fc.constantFrom('Run Finished', 'Backend Wärned') })
      .map(({ size, type }) => ({
        Source: 'slotkeeper',
        DetailType: type,
        Detail: 'x'.repeat(size),
        Time: new Date(0),
      }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
        const batches = batchEntries(entries);
        expect(batches.flat()).toEqual(entries);
        for (const batch of batches) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(10);
          expect(batch.reduce((bytes, one) => bytes + entryBytes(one), 0)).toBeLessThanOrEqual(MAX_REQUEST_BYTES);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('counts bytes, not characters, and 14 for the time', () => {
    expect(entryBytes({ Source: 'ab', DetailType: 'ü', Detail: '{}', Time: new Date(0) })).toBe(2 + 2 + 2 + 14);
  });
});
