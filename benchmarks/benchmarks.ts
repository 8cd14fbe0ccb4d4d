import type { Benchmark } from './harness/benchmark.ts';

/** All there are, in the order in which they run. Each is loaded only when it is asked for. */
export const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  runs: async () => (await import('./runs/runs-benchmark.ts')).runsBenchmark,
  pool: async () => (await import('./pool/pool-benchmark.ts')).poolBenchmark,
  scale: async () => (await import('./scale/scale-benchmark.ts')).scaleBenchmark,
  functions: async () => (await import('./functions/functions-benchmark.ts')).functionsBenchmark,
  memory: async () => (await import('./memory/memory-benchmark.ts')).memoryBenchmark,
};
