import type { SnoozeBounds } from '../policy/snooze-bounds.ts';
import type { TargetConfig } from './target-config.ts';

export type { TargetConfig } from './target-config.ts';

/** `slotkeeper.yml`, validated. */
export interface SlotkeeperConfig {
  readonly targets: Readonly<Record<string, TargetConfig>>;
  readonly notices: {
    /** Told when no rule and no directory entry names an owner. */
    readonly defaultOwner: string;
    /** First glob that matches the database user names the owner. */
    readonly owners: readonly { readonly user: string; readonly owner: string }[];
    /** How far owners may keep what is theirs. */
    readonly snooze: SnoozeBounds;
  };
  readonly runs: {
    /** How long a run may hold its target's lock, seconds; it expires by itself. */
    readonly lockFor: number;
    /** Seconds to wait before each look at a statement; its length bounds the looks. */
    readonly pollWaits: readonly number[];
    /** How often a run looks whether ended backends are gone, and seconds between the looks. */
    readonly settle: { readonly rounds: number; readonly wait: number };
    /** SessionKeepAliveSeconds of the reaper's own Data API session. */
    readonly sessionKeepAlive: number;
    /** How long ended backends, runs and plans stay in the table, seconds. */
    readonly retention: number;
    /** How long after its snapshot the plan of a dry run may be applied, seconds. */
    readonly planValidFor: number;
  };
}
