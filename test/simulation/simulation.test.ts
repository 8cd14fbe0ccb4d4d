import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import foundBy from './mutants/found-by.json' with { type: 'json' };
import { applyEdits } from './mutants/mutant.ts';
import { MUTANTS } from './mutants/mutants.ts';
import { tryMutant } from './mutants/run-mutants.ts';
import { runSeed } from './run-seed.ts';
import { createTally } from './tally.ts';

const SEEDS = 100;

/** Of each kind one that is found at once: who is ended, when, under which lease, and whether it is on record. */
const SHORT_FORM = [
  'the identity has no start',
  'the statement is handed in before the claim',
  'nobody has to be told',
  'a lease is over at once',
];

describe('the simulation of reaper, pool and clients', () => {
  it(`breaks no promise on ${SEEDS} seeds`, { timeout: 180_000 }, async () => {
    const tally = createTally();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const result = await runSeed(seed);
      tally.add(result);
      expect({ seed, violation: result.violation }).toEqual({ seed, violation: null });
    }
    // A world in which nothing happens keeps every promise.
    expect(tally.sums.ends).toBeGreaterThan(SEEDS * 5);
    expect(tally.sums.queries).toBeGreaterThan(SEEDS * 20);
  });

  it('is the same for the same seed, happening by happening', async () => {
    const [first, again, other] = [await runSeed(7, true), await runSeed(7, true), await runSeed(8)];
    expect(again.trace).toEqual(first.trace);
    expect(again.hash).toBe(first.hash);
    expect(other.hash).not.toBe(first.hash);
  });

  it.each(SHORT_FORM)('finds that %s', { timeout: 120_000 }, async (name) => {
    const mutant = MUTANTS.find((one) => one.name === name);
    expect(mutant).toBeDefined();
    expect(mutant === undefined ? null : (await tryMutant(mutant, 10)).seed).not.toBeNull();
  });

  it('knows a seed that finds each mutant', () => {
    expect(Object.keys(foundBy).sort()).toEqual(MUTANTS.map(({ name }) => name).sort());
  });

  it('has mutants that fit the product as it is', () => {
    for (const { name, edits } of MUTANTS) {
      for (const file of new Set(edits.map((edit) => edit.file))) {
        const source = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
        expect(applyEdits(file, source, edits), name).not.toBe(source);
      }
    }
  });
});
