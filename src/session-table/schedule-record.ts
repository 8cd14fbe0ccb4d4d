/** What happened to a target's schedule by hand. */
export interface ScheduleChange {
  readonly did: 'paused' | 'resumed';
  /** ISO 8601, UTC. */
  readonly at: string;
  /** e.g. `cli:ann`. */
  readonly by: string;
  /** In its own words; null: none was given. */
  readonly reason: string | null;
}

/**
 * Who paused and resumed a target's schedule, and when. Whether it is paused, only the rule itself says: somebody may
 * have switched that without Slotkeeper.
 */
export interface ScheduleRecord {
  readonly target: string;
  readonly version: number;
  /** Oldest first; the newest {@link CHANGES_KEPT}. */
  readonly changes: readonly ScheduleChange[];
}

export const CHANGES_KEPT = 50;
