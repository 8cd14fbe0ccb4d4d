import * as z from 'zod';
import type { SeedResult } from './run-seed.ts';

/** Sums over many seeds, as one process tells them to another. */
export const sumsShape = z.strictObject({
  seeds: z.number(),
  steps: z.number(),
  runs: z.number(),
  ends: z.number(),
  pooledEnds: z.number(),
  messages: z.number(),
  queries: z.number(),
  answered: z.number(),
  faults: z.record(z.string(), z.number()),
});

export type Sums = z.infer<typeof sumsShape>;

/** Sums over many seeds. */
export interface Tally {
  readonly sums: Sums;
  add(result: SeedResult): void;
  /** Adds what another process has come to. */
  merge(sums: Sums): void;
  /** Lines for people. @param seconds that all of it took */
  describe(seconds: number): readonly string[];
}

export function createTally(): Tally {
  const sums: Sums = {
    seeds: 0,
    steps: 0,
    runs: 0,
    ends: 0,
    pooledEnds: 0,
    messages: 0,
    queries: 0,
    answered: 0,
    faults: {},
  };
  const merge = ({ faults, ...more }: Sums) => {
    for (const name of ['seeds', 'steps', 'runs', 'ends', 'pooledEnds', 'messages', 'queries', 'answered'] as const) {
      sums[name] += more[name];
    }
    for (const [kind, count] of Object.entries(faults)) {
      sums.faults[kind] = (sums.faults[kind] ?? 0) + count;
    }
  };
  return {
    sums,
    merge,
    add({ steps, runs, ends, pooledEnds, messages, tenants, faults }) {
      const { queries, answered } = tenants;
      merge({ seeds: 1, steps, runs, ends, pooledEnds, messages, queries, answered, faults });
    },
    describe(seconds) {
      const perMinute = Math.round((sums.seeds / seconds) * 60);
      const figures: readonly (readonly [string, number | string])[] = [
        ['seeds', `${sums.seeds} in ${seconds.toFixed(1)} s, ${perMinute} a minute`],
        ['steps', sums.steps],
        ['runs', sums.runs],
        ['messages to owners', sums.messages],
        ['ends', `${sums.ends}, of these ${sums.pooledEnds} of the pool's sessions`],
        ["tenants' queries", `${sums.queries}, of these ${sums.answered} answered`],
        ['faults', Object.values(sums.faults).reduce((sum, count) => sum + count, 0)],
        ...Object.entries(sums.faults)
          .sort(([, a], [, b]) => b - a)
          .map(([kind, count]) => [`  ${kind}`, count] as const),
      ];
      return figures.map(([name, value]) => `${name.padEnd(24)} ${value}`);
    },
  };
}
