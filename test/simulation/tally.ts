import type { SeedResult } from './run-seed.ts';

/** Sums over many seeds. */
export interface Tally {
  add(result: SeedResult): void;
  /** Lines for people. @param seconds that all of it took */
  describe(seconds: number): readonly string[];
  readonly ends: number;
  readonly queries: number;
}

export function createTally(): Tally {
  const sums = { seeds: 0, steps: 0, runs: 0, ends: 0, pooledEnds: 0, messages: 0, queries: 0, answered: 0 };
  const faults = new Map<string, number>();
  return {
    get ends() {
      return sums.ends;
    },
    get queries() {
      return sums.queries;
    },
    add({ steps, runs, ends, pooledEnds, messages, tenants, faults: injected }) {
      sums.seeds += 1;
      sums.steps += steps;
      sums.runs += runs;
      sums.ends += ends;
      sums.pooledEnds += pooledEnds;
      sums.messages += messages;
      sums.queries += tenants.queries;
      sums.answered += tenants.answered;
      for (const [kind, count] of Object.entries(injected)) {
        faults.set(kind, (faults.get(kind) ?? 0) + count);
      }
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
        ['faults', [...faults.values()].reduce((sum, count) => sum + count, 0)],
        ...[...faults].sort(([, a], [, b]) => b - a).map(([kind, count]) => [`  ${kind}`, count] as const),
      ];
      return figures.map(([name, value]) => `${name.padEnd(24)} ${value}`);
    },
  };
}
