import type { MailRate } from '../notices/mail-rate.ts';
import type { OwnerDirectory } from '../policy/find-owner.ts';
import type { SnoozeBounds } from '../policy/snooze-bounds.ts';
import type { ApiConfig } from './api-config.ts';
import type { MailSubscriptions } from './mail-subscriptions.ts';
import type { TargetConfig } from './target-config.ts';

export type { TargetConfig } from './target-config.ts';

/** `slotkeeper.yml`, validated. */
export interface SlotkeeperConfig {
  readonly targets: Readonly<Record<string, TargetConfig>>;
  readonly notices: OwnerDirectory & {
    /** Mail subscriptions that the stack makes. */
    readonly subscriptions: MailSubscriptions;
    /** Whether a message counts only if a confirmed subscription takes it. */
    readonly requireConfirmed: boolean;
    /** Most messages to one owner about one target. */
    readonly rate: MailRate;
    /** How far owners may keep what is theirs. */
    readonly snooze: SnoozeBounds;
  };
  /** Absent: tenants' queries come by Lambda only. */
  readonly api?: ApiConfig;
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
    /** Within how many seconds of its schedule's moment a target's run begins, each target at a moment of its own. */
    readonly startWithin: number;
  };
}
