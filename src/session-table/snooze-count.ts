/** How many snoozes an owner has had on a day. */
export interface SnoozeCount {
  readonly owner: string;
  /** Of UTC: `2026-11-20`. */
  readonly day: string;
  readonly count: number;
  readonly version: number;
}
