import { SlotkeeperError } from '../errors/slotkeeper-error.ts';
import type { SweepReport } from '../pool/session-pool.ts';
import type { TenantPools } from './tenant-pools.ts';

/** Pools of some targets could not be looked after; those of the others were. */
export class SweepFailed extends SlotkeeperError {
  constructor(targets: readonly string[], options: ErrorOptions) {
    super(
      'SweepFailed',
      `Expected to look after the pools of all targets, but could not for ${targets.join(', ')}. The next sweep tries again; the cause says what was in its way.`,
      options,
    );
  }
}

/** What was seen and done, by target. */
export type SweepReports = Readonly<Record<string, SweepReport>>;

/**
 * Looks after the sessions that nobody looks after: of holders that died, of tenants that do not come back. It takes the
 * role that opened them, which is why a run of the reaper cannot do it.
 *
 * @throws SweepFailed after all targets had their turn
 */
export function createSweepPools(pools: TenantPools): () => Promise<SweepReports> {
  return async () => {
    const reports: Record<string, SweepReport> = {};
    const failures: { target: string; cause: unknown }[] = [];
    for (const { target, pool, admits } of pools.all()) {
      try {
        reports[target] = await pool.sweep(admits);
      } catch (cause) {
        failures.push({ target, cause });
      }
    }
    if (failures.length > 0) {
      throw new SweepFailed(
        failures.map(({ target }) => target),
        { cause: failures[0]?.cause },
      );
    }
    return reports;
  };
}
