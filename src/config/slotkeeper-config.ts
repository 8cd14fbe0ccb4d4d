import type { SanityLimits } from '../policy/check-sanity.ts';
import type { PressurePolicy } from '../policy/pressure-policy.ts';
import type { Rule } from '../policy/rule.ts';
import type { Slots } from '../policy/slots.ts';
import type { PoolConfig } from './pool-config.ts';

/** One target of `slotkeeper.yml`. Times are whole seconds. */
export interface TargetConfig {
  readonly name: string;
  readonly engine: 'redshift';
  readonly cluster: string;
  readonly database: string;
  /** Who signs in: exactly one of the two, or neither (then IAM maps the caller). */
  readonly dbUser: string | null;
  readonly secretArn: string | null;
  /** `rate(…)` or `cron(…)`; null: only run by hand. */
  readonly schedule: string | null;
  readonly slots: Slots;
  readonly caps: {
    /** Most terminations of one run. */
    readonly maxTerminations: number;
    /** Most terminations of one run as a share (0 to 1) of all backends seen. */
    readonly maxShare: number;
  };
  readonly pressure: PressurePolicy;
  readonly sanity: SanityLimits;
  /** First match wins. */
  readonly rules: readonly Rule[];
  /** Null: tenants do not query this target. */
  readonly pool: PoolConfig | null;
}

/** `slotkeeper.yml`, validated. */
export interface SlotkeeperConfig {
  readonly targets: Readonly<Record<string, TargetConfig>>;
  readonly notices: {
    /** Told when no rule and no directory entry names an owner. */
    readonly defaultOwner: string;
    /** First glob that matches the database user names the owner. */
    readonly owners: readonly { readonly user: string; readonly owner: string }[];
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
