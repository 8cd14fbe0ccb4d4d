import { JUDGING_MUTANTS } from './judging-mutants.ts';
import { LEASE_MUTANTS } from './lease-mutants.ts';
import type { Mutant } from './mutant.ts';
import { POOL_MUTANTS } from './pool-mutants.ts';
import { PROTOCOL_MUTANTS } from './protocol-mutants.ts';
import { REAPER_MUTANTS } from './reaper-mutants.ts';

/** All faults that are tried out. */
export const MUTANTS: readonly Mutant[] = [
  ...JUDGING_MUTANTS,
  ...REAPER_MUTANTS,
  ...PROTOCOL_MUTANTS,
  ...POOL_MUTANTS,
  ...LEASE_MUTANTS,
];
