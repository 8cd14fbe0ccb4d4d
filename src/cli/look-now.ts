import { isDataApiTarget, type TargetConfig } from '../config/target-config.ts';
import { checkCanary } from '../policy/check-canary.ts';
import { findOwner } from '../policy/find-owner.ts';
import type { JudgeInput } from '../policy/judge.ts';
import { lookAtPostgres } from '../reaper/look-at-postgres.ts';
import { lookAtPool } from '../reaper/pooled/look-at-pool.ts';
import { readThrash } from '../reaper/read-thrash.ts';
import { readSnoozing } from '../reaper/snooze/read-snoozing.ts';
import type { CliRuntime } from './cli-runtime.ts';
import type { Deployment } from './deployment/deployment.ts';
import { takeSnapshot } from './take-snapshot.ts';

/**
 * Looks who holds a session now, and gathers all that a run would judge it by.
 *
 * @throws CanaryFailed when the database user may not see everyone's sessions
 */
export async function lookNow(runtime: CliRuntime, deployment: Deployment, target: TargetConfig): Promise<JudgeInput> {
  const table = runtime.tableOf(deployment);
  const snapshot = isDataApiTarget(target)
    ? await takeSnapshot({ ...runtime, warehouse: runtime.warehouseOf(target), table }, target)
    : await lookAtPostgres(runtime, target);
  const blind = checkCanary(snapshot, runtime.now());
  if (blind !== null) {
    throw blind;
  }
  const now = runtime.now();
  const [records, { view }, { holds }] = await Promise.all([
    table.readBackends(snapshot.backends.map((backend) => backend.identity)),
    lookAtPool(runtime.poolTableOf(deployment), target, snapshot, runtime.now),
    readThrash(table, snapshot, target.thrash, now),
  ]);
  const seen: JudgeInput = {
    snapshot,
    records,
    standings: view.standings,
    rules: target.rules,
    ownerOf: (backend, rule) => findOwner(backend, rule, runtime.config.notices),
    slots: target.slots,
    pressure: target.pressure,
    holds,
    now,
  };
  return { ...seen, snoozing: await readSnoozing(table, seen, runtime.config.notices.snooze) };
}
