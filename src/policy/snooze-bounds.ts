/** How far owners may keep what is theirs; `notices.snooze` of `slotkeeper.yml`. */
export interface SnoozeBounds {
  /** Longest that one snooze may last, seconds; 0: nobody may snooze. */
  readonly max: number;
  /** Most snoozes of one owner on one day of UTC, all targets together. */
  readonly perOwnerPerDay: number;
}

/** A working day, a few times: enough for a session that somebody is at, too little to keep a leak. */
export const DEFAULT_SNOOZE_BOUNDS: SnoozeBounds = { max: 8 * 3_600, perOwnerPerDay: 10 };
