/** What one run saw and did, as its record tells. */
export interface RunPoint {
  readonly run: string;
  /** ISO 8601, UTC, Slotkeeper's clock. */
  readonly at: string;
  readonly dryRun: boolean;
  readonly backends: number;
  readonly kept: number;
  /** Backends that it meant to warn, and to end. */
  readonly warn: number;
  readonly kill: number;
  /** Ended and seen gone. */
  readonly gone: number;
  /** Slots that an ordinary user could get when it looked. */
  readonly free: number;
}

/** On average over the runs of the older and of the newer half of a window; null: no run in that half. */
export interface RunTrend {
  readonly backends: Halves;
  readonly free: Halves;
}

export interface Halves {
  readonly before: number | null;
  readonly after: number | null;
}
