import type { Parameters } from 'fast-check';

/** How many times the short form's runs are made; set by whoever has the time. */
const TIMES = Number(process.env['SLOTKEEPER_FUZZ_TIMES'] ?? 1);

/** The short form makes the same inputs every time, so that a change of the code is what turns it red. */
const SEED = Number(process.env['SLOTKEEPER_FUZZ_SEED'] ?? 20_261_120);

/**
 * What every fuzz test passes to fast-check. `SLOTKEEPER_FUZZ_TIMES=50 SLOTKEEPER_FUZZ_SEED=7 npx vitest run test/fuzz`
 * makes fifty times the runs from another seed; fast-check prints seed and path of what it finds.
 *
 * @param runs of the short form
 */
export function fuzzParameters<Ts>(runs: number): Parameters<Ts> {
  return { numRuns: runs * TIMES, seed: SEED };
}

/** Milliseconds that a fuzz test may take: the longer forms have time in proportion. */
export const FUZZ_TIMEOUT_MS = 60_000 * TIMES;
