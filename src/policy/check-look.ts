import type { Snapshot } from '../backends/snapshot.ts';
import { type SanityLimits, SMALL_COUNT } from './check-sanity.ts';
import type { Plan } from './plan.ts';
import { SnapshotAnomalous } from './snapshot-anomalous.ts';

/**
 * Whether the look after the terminations may be believed, compared with the snapshot of the plan: whom it does not show
 * is taken to be gone. Those that were to be ended may all be missing. Answers the error that says why not.
 */
export function checkLook(
  { target, backends }: Snapshot,
  planned: Plan['counts'],
  { maxShrink }: SanityLimits,
): SnapshotAnomalous | null {
  const least = planned.backends - planned.terminate;
  if (maxShrink === null || least < SMALL_COUNT || backends.length * maxShrink >= least) {
    return null;
  }
  return new SnapshotAnomalous(
    `Expected at least 1/${maxShrink} of ${least} backends on target '${target}' after the terminations (sanity.maxShrink: ` +
      `${maxShrink}), got ${backends.length}; such a look may be a wrong view, so nobody is taken to be gone by it. The next ` +
      'run that sees them as they are records what became of those that were to be ended.',
  );
}
