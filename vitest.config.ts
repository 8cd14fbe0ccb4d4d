import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // An embedded PostgreSQL is initialised per file that needs one; on 2 cores that takes seconds, not tens of them.
    hookTimeout: 60_000,
    testTimeout: 30_000,
    // One process per file: an embedded cloud owns ports, child processes and a clock.
    pool: 'forks',
    maxWorkers: 2,
  },
});
