import { WrongResult } from '../harness/wrong-result.ts';
import type { Region } from './region.ts';
import { runUntil } from './run-until.ts';
import type { Runs } from './runs.ts';

/** What a target's run finds: nothing to do, or that all its idle sessions are to be ended. */
export type Work = 'nothing' | 'ends';

const MINUTE = 60_000;
const BETWEEN_STARTS_MS = 100;

/**
 * Every target has the session that the reaper keeps and, where sessions are to be ended, has warned of them. Nobody is
 * throttled meanwhile.
 */
export async function makeReady(region: Region, runs: Runs, work: Work): Promise<void> {
  const { scheduler, account } = region;
  account.isOpen = true;
  await everyTargetOnce(region, runs);
  if (work === 'ends') {
    await scheduler.run(scheduler.now + 31 * MINUTE);
    await everyTargetOnce(region, runs);
    // Tenants come before the end is due.
    await scheduler.run(scheduler.now + 29 * MINUTE);
  }
  account.isOpen = false;
}

async function everyTargetOnce({ scheduler, sites }: Region, runs: Runs): Promise<void> {
  let left = sites.size;
  const failures: string[] = [];
  for (const [index, target] of [...sites.keys()].entries()) {
    scheduler.after(index * BETWEEN_STARTS_MS, '', () => {
      void runs.start(target).then((ended) => {
        left -= 1;
        failures.push(...('error' in ended ? [`${ended.error}: ${ended.cause}`] : []));
      });
    });
  }
  await runUntil(scheduler, 60 * MINUTE, () => left === 0);
  if (left > 0 || failures.length > 0) {
    throw new WrongResult('runs that make ready', 'to succeed', failures[0] ?? `${left} that do not end`);
  }
}
