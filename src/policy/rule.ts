import type { IdleActivity } from '../backends/activity.ts';
import type { PoolMatch } from './pool-standing.ts';

/** Which backends a rule is about. Every member that is given must match; an empty match fits all. */
export interface RuleMatch {
  /** Globs; one of them must match. */
  readonly user?: readonly string[];
  readonly database?: readonly string[];
  readonly application?: readonly string[];
  readonly clientHost?: readonly string[];
  /** One of these. */
  readonly activity?: readonly IdleActivity[];
  /** One of these: sessions of the pool only. */
  readonly pool?: readonly PoolMatch[];
}

/** Thresholds of a rule when not a single slot is free; those not given stay the rule's own. Whole seconds. */
export interface PressedThresholds {
  readonly warnAfter?: number;
  readonly terminateAfter?: number;
  readonly grace?: number;
}

/** One rule of a policy. The first that matches a backend decides. Times are whole seconds. */
export interface Rule {
  readonly name: string;
  readonly match: RuleMatch;
  /** Leave the backend alone, whatever its idle time. */
  readonly keep: boolean;
  /** Idle time from which the owner is told; null: never. */
  readonly warnAfter: number | null;
  /** Idle time from which it may be ended; null: only warned. */
  readonly terminateAfter: number | null;
  /** Least time between the receipt of the warning and the end. */
  readonly grace: number;
  /** `owner`: no end without a receipt. `none`: ended without a warning. */
  readonly notice: 'owner' | 'none';
  /** Who is told; null: the owner directory decides. */
  readonly owner: string | null;
  /** To where its thresholds shrink, in steps, while fewer slots are free than are to be kept free. */
  readonly whenFreeSlotsBelow?: PressedThresholds;
}
