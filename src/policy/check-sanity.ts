import { SnapshotAnomalous } from './snapshot-anomalous.ts';

/** What a target's snapshots must be like to be believed. */
export interface SanityLimits {
  /** Fewest backends that a snapshot must show, Slotkeeper's own and the platform's included. */
  readonly minBackends: number;
  /** A snapshot with fewer than the last ones' least, divided by this, is not believed; null: any is. */
  readonly maxShrink: number | null;
  /** A snapshot with more than the last ones' most, times this, is not believed; null: any is. */
  readonly maxGrowth: number | null;
  /** With how many of the last runs it is compared. */
  readonly compareRuns: number;
}

/**
 * Growth is bounded loosely: a burst of leaked sessions is what runs are for, and the caps bound what they end. The
 * factors are ours, not measured.
 */
export const DEFAULT_SANITY: SanityLimits = { minBackends: 1, maxShrink: 10, maxGrowth: 50, compareRuns: 5 };

/** Counts below this are never compared: a handful of sessions may all leave or come at once. */
export const SMALL_COUNT = 20;

/** What an earlier run saw of the target. */
export interface EarlierLook {
  readonly backends: number;
  /** How many of them it may have ended itself. */
  readonly ended: number;
  /** False: it was refused as anomalous. */
  readonly believed: boolean;
}

/**
 * Whether a snapshot of so many backends may be believed, compared with what the last runs saw; answers the error that
 * says why not. What runs may have ended themselves counts as no shrinking. Once all the runs compared with have been
 * refused, the change lasts, and is taken for real.
 *
 * @param earlier newest first; more than `compareRuns` are left out of account
 */
export function checkSanity(
  target: string,
  backends: number,
  limits: SanityLimits,
  earlier: readonly EarlierLook[],
): SnapshotAnomalous | null {
  if (backends < limits.minBackends) {
    return new SnapshotAnomalous(
      `Expected at least ${limits.minBackends} backends on target '${target}' (sanity.minBackends: ` +
        `${limits.minBackends}), got ${backends}; so few may be a partial view, and nothing was done. ` +
        'Look at the sessions with slotkeeper backends; if so few are right, lower sanity.minBackends.',
    );
  }
  const believed = earlier.slice(0, limits.compareRuns).filter((look) => look.believed);
  if (believed.length === 0) {
    return null;
  }
  const least = Math.min(...believed.map((look) => Math.max(0, look.backends - look.ended)));
  const most = Math.max(...believed.map((look) => look.backends));
  const { maxShrink, maxGrowth } = limits;
  if (maxShrink !== null && least >= SMALL_COUNT && backends * maxShrink < least) {
    return unlike(
      target,
      limits,
      believed.length,
      `at least 1/${maxShrink} of ${least}`,
      backends,
      'maxShrink',
      maxShrink,
    );
  }
  if (maxGrowth !== null && most >= SMALL_COUNT && backends > most * maxGrowth) {
    return unlike(
      target,
      limits,
      believed.length,
      `at most ${maxGrowth} times ${most}`,
      backends,
      'maxGrowth',
      maxGrowth,
    );
  }
  return null;
}

function unlike(
  target: string,
  { compareRuns }: SanityLimits,
  compared: number,
  expected: string,
  backends: number,
  key: 'maxShrink' | 'maxGrowth',
  limit: number,
): SnapshotAnomalous {
  const runs = compared === 1 ? 'the last run' : `${compared} of the last runs`;
  return new SnapshotAnomalous(
    `Expected ${expected} backends on target '${target}', as seen by ${runs} (sanity.${key}: ${limit}), got ` +
      `${backends}; such a change may be a wrong view, and nothing was done. If it lasts for ${compareRuns} runs ` +
      `(sanity.compareRuns) it is taken for real; if it is real now, raise sanity.${key}.`,
  );
}
